/// Jinja's filters of values in a row.
extension TemplateRenderer {
    func listFilter(
        _ name: String, _ value: TemplateValue, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        let what = "the filter \(name)"
        switch name {
        case "length", "count":
            _ = try bind(values, [], what)
            return .integer(try count(value))
        case "first", "last", "list", "items", "reverse":
            _ = try bind(values, [], what)
            return try plainFilter(name, value)
        case "join":
            let given = try bind(values, ["d", "attribute"], what)
            let key = try attributeGetter(given[1])
            var texts: [TemplateText] = []
            for element in try elements(of: value) { texts.append(try text(of: key(element))) }
            return .text(try joined(texts, by: text(of: given[0] ?? .text(""))))
        case "map": return .generator(TemplateGenerator(try mapped(value, values)))
        case "select", "reject", "selectattr", "rejectattr":
            return .generator(TemplateGenerator(try selected(name, value, values)))
        case "sort":
            let given = try bind(values, ["reverse", "case_sensitive", "attribute"], what)
            let key = try sortKey(given[2], isCaseSensitive: given[1]?.isTrue ?? false)
            return .list(
                try list(
                    sorted(elements(of: value), isReversed: given[0]?.isTrue ?? false, by: key)))
        case "min", "max":
            let given = try bind(values, ["case_sensitive", "attribute"], what)
            let key = try sortKey(given[1], isCaseSensitive: given[0]?.isTrue ?? false)
            let order = try sorted(elements(of: value), isReversed: name == "max", by: key)
            return order.first ?? .undefined("the \(name) of nothing")
        case "unique":
            let given = try bind(values, ["case_sensitive", "attribute"], what)
            return .generator(
                TemplateGenerator(
                    try unique(
                        elements(of: value),
                        by: sortKey(given[1], isCaseSensitive: given[0]?.isTrue ?? false))))
        case "dictsort":
            return try dictionarySorted(
                value, bind(values, ["case_sensitive", "by", "reverse"], what))
        default: throw unsupported(what)
        }
    }

    func count(_ value: TemplateValue) throws(TemplateError) -> Int {
        switch value {
        case .undefined: 0
        case .text(let text): text.count
        case .list(let list), .tuple(let list), .view(_, let list): list.elements.count
        case .dictionary(let dictionary): dictionary.entries.count
        case .range(let range): range.count
        case .loop(let loop): loop.items.count
        default: throw failure("\(value.kind) has no length")
        }
    }

    private func plainFilter(
        _ name: String, _ value: TemplateValue
    ) throws(TemplateError) -> TemplateValue {
        switch (name, value) {
        case ("first", .generator(let generator)):
            return generator.takeFirst() ?? .undefined("the first of nothing")
        case ("last", .generator): throw failure("\(value.kind) has no last element")
        case ("first", _):
            return try elements(of: value).first ?? .undefined("the first of nothing")
        case ("last", _): return try elements(of: value).last ?? .undefined("the last of nothing")
        case ("list", _): return .list(try list(elements(of: value)))
        case ("items", .dictionary(let dictionary)):
            return .generator(
                TemplateGenerator(try elements(of: view("items", of: dictionary))))
        case ("items", .undefined): return .generator(TemplateGenerator([]))
        case ("items", _): throw failure("\(value.kind) has no items")
        case (_, .text(let text)): return .text(TemplateText(units: text.units.reversed()))
        case (_, .generator): return .list(try list(elements(of: value).reversed()))
        default: return .generator(TemplateGenerator(try elements(of: value).reversed()))
        }
    }

    // MARK: Keys

    /// Reads an attribute such as `a.b` of elements; without one, the elements themselves.
    private func attributeGetter(
        _ attribute: TemplateValue?, fallback: TemplateValue? = nil
    ) throws(TemplateError) -> (TemplateValue) throws(TemplateError) -> TemplateValue {
        var keys: [TemplateValue] = []
        switch attribute {
        case nil, .none?: break
        case .integer?: keys = [attribute ?? .none]
        case .text(let text)?:
            guard !text.string.contains(",") else {
                throw unsupported("a list of attributes in a filter")
            }
            keys = text.string.split(separator: ".", omittingEmptySubsequences: false).map {
                Int($0).map { .integer($0) } ?? .text(String($0))
            }
        case let value?: throw failure("\(value.kind) is the name of an attribute")
        }
        return { [self] (element) throws(TemplateError) in
            var value = element
            for key in keys {
                value = try item(key, of: value)
                if value.isUndefined, let fallback { value = fallback }
            }
            return value
        }
    }

    private func sortKey(
        _ attribute: TemplateValue?, isCaseSensitive: Bool
    ) throws(TemplateError) -> (TemplateValue) throws(TemplateError) -> TemplateValue {
        let getter = try attributeGetter(attribute)
        return { [self] (element) throws(TemplateError) in
            let value = try getter(element)
            guard case .text(let text) = value, !isCaseSensitive else { return value }
            try spend(text.count)
            return .text(text.lowercased)
        }
    }

    private func unique(
        _ elements: [TemplateValue],
        by key: (TemplateValue) throws(TemplateError) -> TemplateValue
    ) throws(TemplateError) -> [TemplateValue] {
        var keys: [TemplateEntry] = []
        var kept: [TemplateValue] = []
        for element in elements {
            try spend(keys.count)
            let key = try key(element)
            guard try place(of: key, in: keys) == nil else { continue }
            keys.append(TemplateEntry(key: key, value: .none))
            kept.append(element)
        }
        return kept
    }

    private func dictionarySorted(
        _ value: TemplateValue, _ given: [TemplateValue?]
    ) throws(TemplateError) -> TemplateValue {
        guard case .dictionary(let dictionary) = value else {
            throw failure("\(value.kind) is sorted as a dictionary")
        }
        let by = try given[1].map { (by) throws(TemplateError) in
            try text(by, "the filter dictsort").string
        }
        guard by == nil || by == "key" || by == "value" else {
            throw failure("dictsort sorts by key or value, not by '\(by ?? "")'")
        }
        let key = try sortKey(
            .integer(by == "value" ? 1 : 0), isCaseSensitive: given[0]?.isTrue ?? false)
        return .list(
            try list(
                sorted(
                    elements(of: view("items", of: dictionary)),
                    isReversed: given[2]?.isTrue ?? false, by: key)))
    }

    // MARK: Filters that take filters and tests

    private func mapped(
        _ value: TemplateValue, _ values: TemplateValues
    ) throws(TemplateError) -> [TemplateValue] {
        var results: [TemplateValue] = []
        if values.positional.isEmpty {
            let given = try bind(values, ["attribute", "default"], "the filter map")
            guard let attribute = given[0] else { throw failure("the filter map is given nothing") }
            let getter = try attributeGetter(attribute, fallback: given[1])
            for element in try elements(of: value) { results.append(try getter(element)) }
            return results
        }
        let name = try text(values.positional[0], "the filter map").string
        var rest = values
        rest.positional.removeFirst()
        for element in try elements(of: value) {
            try spend(0)
            results.append(try filter(name, element, rest))
        }
        return results
    }

    private func selected(
        _ name: String, _ value: TemplateValue, _ values: TemplateValues
    ) throws(TemplateError) -> [TemplateValue] {
        var rest = values
        var key = try attributeGetter(nil)
        if name.hasSuffix("attr") {
            guard !rest.positional.isEmpty else {
                throw failure("the filter \(name) is given no attribute")
            }
            key = try attributeGetter(rest.positional.removeFirst())
        }
        var testName: String?
        if !rest.positional.isEmpty {
            testName = try text(rest.positional.removeFirst(), "the filter \(name)").string
        }
        let wanted = name.hasPrefix("select")
        var kept: [TemplateValue] = []
        for element in try elements(of: value) {
            try spend(0)
            let value = try key(element)
            let holds = try testName.map { (test) throws(TemplateError) in
                try self.test(test, value, rest)
            }
            if (holds ?? value.isTrue) == wanted { kept.append(element) }
        }
        return kept
    }
}
