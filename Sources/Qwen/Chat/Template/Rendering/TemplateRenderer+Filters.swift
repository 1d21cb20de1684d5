/// Jinja's filters of single values.
extension TemplateRenderer {
    private static let filtersOfMarkup: Set<String> = [
        "count", "d", "default", "e", "escape", "first", "last", "length", "safe", "string",
        "tojson",
    ]

    func filter(
        _ name: String, _ value: TemplateValue, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        if case .text(let text) = value {
            try spend(text.count)
            guard !text.isMarkup || Self.filtersOfMarkup.contains(name) else {
                throw unsupported("the filter \(name) of a safe text")
            }
        }
        switch name {
        case "trim", "upper", "lower", "capitalize", "string", "safe", "escape", "e", "replace",
            "indent":
            return .text(try textFilter(name, value, values))
        case "tojson": return .text(try json(value, values))
        case "int", "float", "abs", "round": return try numberFilter(name, value, values)
        case "default", "d":
            let given = try bind(values, ["default_value", "boolean"], name)
            let isMissing = value.isUndefined || (given[1]?.isTrue == true && !value.isTrue)
            return isMissing ? given[0] ?? .text("") : value
        case "attr": throw unsupported("the filter \(name)")
        default: return try listFilter(name, value, values)
        }
    }

    private func textFilter(
        _ name: String, _ value: TemplateValue, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateText {
        let what = "the filter \(name)"
        let text = try text(of: value)
        switch name {
        case "trim":
            let set = try characters(bind(values, ["chars"], what)[0], what)
            return Self.stripped(text, of: set)
        case "replace":
            let given = try bind(values, ["old", "new", "count"], needed: 2, what)
            var most = -1
            if let count = given[2], case .none = count {
            } else if let count = given[2] {
                most = try whole(count, what)
            }
            return try replacing(
                self.text(of: given[0] ?? .none), with: self.text(of: given[1] ?? .none), in: text,
                most: most)
        case "indent":
            guard case .text = value else { throw failure("\(value.kind) is indented") }
            return try indented(text, bind(values, ["width", "first", "blank"], what))
        default: _ = try bind(values, [], what)
        }
        switch name {
        case "upper": return text.uppercased
        case "lower": return text.lowercased
        case "capitalize": return text.capitalized
        case "safe": return TemplateText(units: text.units, isMarkup: true)
        case "escape", "e": return text.isMarkup ? text : Self.escaped(text)
        default: return text
        }
    }

    /// As Jinja's markup: for HTML.
    static func escaped(_ text: TemplateText) -> TemplateText {
        TemplateText(
            units: text.units.flatMap { unit in
                switch TemplateText.scalar(unit) {
                case "&": TemplateText.units("&amp;", like: unit)
                case "<": TemplateText.units("&lt;", like: unit)
                case ">": TemplateText.units("&gt;", like: unit)
                case "'": TemplateText.units("&#39;", like: unit)
                case "\"": TemplateText.units("&#34;", like: unit)
                default: [unit]
                }
            }, isMarkup: true)
    }

    private func indented(
        _ text: TemplateText, _ given: [TemplateValue?]
    ) throws(TemplateError) -> TemplateText {
        var indent = TemplateText("    ")
        if case .text(let text)? = given[0] {
            indent = text
        } else if let width = given[0] {
            let count = try whole(width, "the filter indent")
            try spend(max(0, count))
            indent = TemplateText(units: [UInt32](repeating: 0x20, count: max(0, count)))
        }
        let indentsBlank = given[2]?.isTrue ?? false
        var lines = Self.lines(TemplateText(units: text.units + [0x0a]))
        for index in lines.indices.dropFirst() where indentsBlank || !lines[index].isEmpty {
            try spend(indent.count)
            lines[index].units = indent.units + lines[index].units
        }
        if given[1]?.isTrue == true { lines[0].units = indent.units + lines[0].units }
        return try joined(lines, by: TemplateText("\n"))
    }

    private func numberFilter(
        _ name: String, _ value: TemplateValue, _ values: TemplateValues
    ) throws(TemplateError) -> TemplateValue {
        let what = "the filter \(name)"
        guard !value.isUndefined else { throw failure("\(value.kind) is made a number") }
        switch name {
        case "int":
            let given = try bind(values, ["default", "base"], what)
            if let base = given[1]?.whole, base != 10 { throw unsupported("\(what) with a base") }
            return try integer(value) ?? given[0] ?? .integer(0)
        case "float":
            let given = try bind(values, ["default"], what)
            return try number(value).map { .number($0) } ?? given[0] ?? .number(0)
        case "abs":
            _ = try bind(values, [], what)
            if case .number(let number) = value { return .number(number.magnitude) }
            let number = try whole(value, what)
            return number < 0 ? try signed(value, isNegative: true) : .integer(number)
        default: return try rounded(value, bind(values, ["precision", "method"], what))
        }
    }

    private func rounded(
        _ value: TemplateValue, _ given: [TemplateValue?]
    ) throws(TemplateError) -> TemplateValue {
        guard (given[0] ?? .integer(0)).whole == 0 else {
            throw unsupported("the filter round with a precision")
        }
        guard let number = value.double else { throw failure("\(value.kind) is rounded") }
        let method = try given[1].map { (method) throws(TemplateError) in
            try text(method, "the filter round").string
        }
        switch method {
        case nil, "common":
            if let whole = value.whole { return .integer(whole) }
            return .number(number.rounded(.toNearestOrEven))
        case "ceil", "floor":
            guard number.magnitude < 0x1p53 else { throw unsupported("the rounding of \(number)") }
            return .number(number.rounded(method == "ceil" ? .up : .down))
        case let method?: throw failure("there is no way to round called '\(method)'")
        }
    }

    /// Python's `int`, or `int(float)`; nil where both fail.
    private func integer(_ value: TemplateValue) throws(TemplateError) -> TemplateValue? {
        if let whole = value.whole { return .integer(whole) }
        if case .text(let text) = value, let digits = try Self.digits(text, self),
            digits.drop(while: { $0 == "-" || $0 == "+" }).allSatisfy(\.isNumber)
        {
            guard let number = Int(digits) else {
                throw unsupported("a whole number beyond 64 bits")
            }
            return .integer(number)
        }
        guard let number = try number(value), !number.isNaN else { return nil }
        guard let whole = Int(exactly: number.rounded(.towardZero)) else {
            if number.isInfinite, case .text = value { return nil }
            throw unsupported("a whole number beyond 64 bits")
        }
        return .integer(whole)
    }

    /// Python's `float`; nil where it fails.
    private func number(_ value: TemplateValue) throws(TemplateError) -> Double? {
        if let number = value.double { return number }
        guard case .text(let text) = value else { return nil }
        guard let digits = try Self.digits(text, self) else {
            let word = Self.stripped(text, of: nil).string.lowercased()
            let isNegative = word.hasPrefix("-")
            switch word.first == "-" || word.first == "+" ? String(word.dropFirst()) : word {
            case "inf", "infinity": return isNegative ? -.infinity : .infinity
            case "nan": return .nan
            default: return nil
            }
        }
        return Double(digits)
    }

    /// What of a text Swift reads as a number as Python does; nil where Python reads none.
    private static func digits(
        _ text: TemplateText, _ renderer: TemplateRenderer
    ) throws(TemplateError) -> String? {
        var digits = ""
        let scalars = stripped(text, of: nil).units.map(TemplateText.scalar)
        for (index, scalar) in scalars.enumerated() {
            switch scalar {
            case "0"..."9", "+", "-", ".", "e", "E": digits.unicodeScalars.append(scalar)
            case "_":
                let isBetween =
                    index > 0 && "0"..."9" ~= scalars[index - 1] && index + 1 < scalars.count
                    && "0"..."9" ~= scalars[index + 1]
                guard isBetween else { return nil }
            case _ where !scalar.isASCII && scalar.properties.numericType == .decimal:
                throw renderer.unsupported("a number in digits that are not ASCII")
            default: return nil
            }
        }
        guard let first = digits.first(where: { $0 != "-" && $0 != "+" }),
            first.isNumber || first == "."
        else { return nil }
        return digits
    }
}
