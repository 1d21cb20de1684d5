/// Functions and methods.
extension TemplateRenderer {
    /// The values of parameters in their order, nil where they are not given.
    ///
    /// - Parameters:
    ///   - names: of the parameters; an empty one takes a value by its place only.
    ///   - needed: how many must be given.
    func bind(
        _ values: TemplateValues, _ names: [String], needed: Int = 0, _ what: String
    ) throws(TemplateError) -> [TemplateValue?] {
        guard values.positional.count <= names.count else {
            throw failure(
                "\(what) takes \(names.count) arguments, and \(values.positional.count) are given")
        }
        var bound: [TemplateValue?] = values.positional
        bound += [TemplateValue?](repeating: nil, count: names.count - bound.count)
        for (name, value) in values.named {
            guard !name.isEmpty, let index = names.firstIndex(of: name), bound[index] == nil else {
                throw failure("\(what) has no argument \(name), or it is given twice")
            }
            bound[index] = value
        }
        guard bound.prefix(needed).allSatisfy({ $0 != nil }) else {
            throw failure("\(what) is given too few arguments")
        }
        return bound
    }

    /// A text that is given as an argument.
    func text(
        _ value: TemplateValue?, _ what: String
    ) throws(TemplateError) -> TemplateText {
        guard case .text(let text) = value else { throw failure("\(what) is given no text") }
        return text
    }

    /// A whole number that is given as an argument.
    func whole(
        _ value: TemplateValue?, _ what: String
    ) throws(TemplateError) -> Int {
        guard let number = value?.whole else { throw failure("\(what) is given no whole number") }
        return number
    }

    func call(
        _ function: TemplateValue, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        guard case .function(let function) = function else {
            throw failure("\(function.kind) is called as a function")
        }
        try spend(0)
        switch function {
        case .macro(let macro, let scope): return try call(macro, in: scope, values)
        case .method(let name, .text(let text)): return try call(name, of: text, values)
        case .method(let name, .dictionary(let dictionary)):
            return try call(name, of: dictionary, values)
        case .method(let name, .list(let list)), .method(let name, .tuple(let list)):
            return try call(name, of: list, values)
        case .method(let name, .loop(let loop)): return try call(name, of: loop, values)
        case .method(let name, let value): throw unsupported("the method \(name) of \(value.kind)")
        case .builtin(let name): return try call(name, values)
        }
    }

    private func call(
        _ name: String, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        switch name {
        case "raise_exception":
            let message = try bind(values, ["message"], needed: 1, name)[0] ?? .none
            throw failure(try text(of: message).string, .raised)
        case "strftime_now":
            let format = try text(bind(values, ["format"], needed: 1, name)[0], name)
            guard format.count < 1000, let text = time(format.string) else {
                throw unsupported("the format of time '\(format.string.prefix(40))'")
            }
            return .text(TemplateText(text))
        case "range": return .range(try range(values))
        case "dict", "namespace":
            var entries: [TemplateEntry] = []
            if let first = try bind(
                TemplateValues(positional: values.positional), [""], name)[0]
            {
                guard case .dictionary(let dictionary) = first else {
                    throw unsupported("\(first.kind) that a dictionary is made of")
                }
                entries = dictionary.entries
            }
            for (name, value) in values.named { try set(.text(name), value, in: &entries) }
            if name == "dict" { return .dictionary(try dictionary(entries)) }
            var members: [String: TemplateValue] = [:]
            for entry in entries {
                members[try text(entry.key, "namespace").string] = entry.value
            }
            return .namespace(keep(TemplateNamespace(members)))
        default: throw unsupported("the function \(name)")
        }
    }

    private func range(_ values: TemplateValues) throws(TemplateError) -> TemplateRange {
        let given = try bind(values, ["", "", ""], needed: 1, "range")
        var numbers: [Int] = []
        for value in given.compactMap(\.self) { numbers.append(try whole(value, "range")) }
        guard numbers.allSatisfy({ $0.magnitude <= 1 << 40 }) else {
            throw failure("a range has a bound beyond 2⁴⁰", .limit)
        }
        let range =
            switch numbers.count {
            case 1: TemplateRange(start: 0, end: numbers[0], step: 1)
            case 2: TemplateRange(start: numbers[0], end: numbers[1], step: 1)
            default: TemplateRange(start: numbers[0], end: numbers[1], step: numbers[2])
            }
        guard range.step != 0 else { throw failure("the step of a range is 0") }
        guard range.count <= Self.mostRange else {
            throw failure("a range is longer than \(Self.mostRange)", .limit)
        }
        return range
    }
}

// MARK: - Methods of dictionaries, lists and loops

extension TemplateRenderer {
    func view(
        _ name: String, of dictionary: TemplateDictionary
    ) throws(TemplateError) -> TemplateValue {
        var elements: [TemplateValue] = []
        for entry in dictionary.entries {
            switch name {
            case "keys": elements.append(entry.key)
            case "values": elements.append(entry.value)
            default: elements.append(.tuple(try list([entry.key, entry.value])))
            }
        }
        return .view(of: name, try list(elements))
    }

    private func call(
        _ name: String, of dictionary: TemplateDictionary, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        switch name {
        case "get":
            let given = try bind(values, ["", ""], needed: 1, name)
            let key = given[0] ?? .none
            guard let index = try place(of: key, in: dictionary.entries) else {
                return given[1] ?? .none
            }
            return dictionary.entries[index].value
        default:
            _ = try bind(values, [], name)
            return name == "copy" ? .dictionary(dictionary) : try view(name, of: dictionary)
        }
    }

    private func call(
        _ name: String, of list: TemplateList, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        if name == "copy" {
            _ = try bind(values, [], name)
            return .list(list)
        }
        let wanted = try bind(values, [""], needed: 1, name)[0] ?? .none
        var places: [Int] = []
        for (index, element) in list.elements.enumerated() {
            try spend(0)
            if try isEqual(element, wanted) { places.append(index) }
        }
        if name == "count" { return .integer(places.count) }
        guard let first = places.first else { throw failure("\(wanted.kind) is not in the list") }
        return .integer(first)
    }

    private func call(
        _ name: String, of loop: TemplateLoopState, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        guard values.named.isEmpty else { throw failure("loop.\(name) is given a name") }
        let given = values.positional
        if name == "cycle" {
            guard !given.isEmpty else { throw failure("loop.cycle is given nothing") }
            return given[loop.index % given.count]
        }
        let value = TemplateValue.tuple(try list(given))
        let isSame = try loop.lastChanged.map { (last) throws(TemplateError) in
            try isEqual(last, value)
        }
        loop.lastChanged = value
        return .boolean(isSame != true)
    }
}
