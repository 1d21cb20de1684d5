/// Jinja's tests: what may stand behind `is`.
extension TemplateRenderer {
    func test(
        _ name: String, _ value: TemplateValue, _ values: TemplateValues
    ) throws(TemplateError) -> Bool {
        let what = "the test \(name)"
        if let comparison = Self.comparison(name) {
            let other = try bind(values, [""], needed: 1, what)[0] ?? .none
            return try holds(value, comparison, other)
        }
        switch name {
        case "divisibleby":
            let divisor = try whole(bind(values, ["num"], needed: 1, what)[0], what)
            guard divisor != 0 else { throw failure("a number is divided by 0") }
            let number = try whole(value, what)
            return divisor == -1 || number % divisor == 0
        case "sameas": return try isSame(value, bind(values, ["other"], needed: 1, what)[0])
        case "even", "odd":
            _ = try bind(values, [], what)
            return try whole(value, what) % 2 == 0 ? name == "even" : name == "odd"
        case "upper", "lower":
            _ = try bind(values, [], what)
            let text = try text(of: value)
            let method = name == "upper" ? "isupper" : "islower"
            return try call(
                .function(.method(method, of: .text(TemplateText(units: text.units)))),
                TemplateValues()
            ).isTrue
        default:
            _ = try bind(values, [], what)
            guard let isOfKind = Self.isOfKind(name, value) else { throw unsupported(what) }
            return isOfKind
        }
    }

    private static func comparison(_ name: String) -> TemplateComparison? {
        switch name {
        case "eq", "equalto": .equal
        case "ne": .unequal
        case "lt", "lessthan": .less
        case "le": .lessOrEqual
        case "gt", "greaterthan": .greater
        case "ge": .greaterOrEqual
        case "in": .isIn
        // Jinja has these names too; only `select` and its like can write them.
        case "==", "!=", "<", "<=", ">", ">=": TemplateComparison(rawValue: name)
        default: nil
        }
    }

    private func isSame(
        _ value: TemplateValue, _ other: TemplateValue?
    ) throws(TemplateError) -> Bool {
        switch (value, other) {
        case (.none, .none?): true
        case (.boolean(let first), .boolean(let second)?): first == second
        case (.none, _), (.boolean, _), (_, .none?), (_, .boolean?): false
        default: throw unsupported("the test sameas of \(value.kind)")
        }
    }

    /// nil for a test that there is not.
    private static func isOfKind(_ name: String, _ value: TemplateValue) -> Bool? {
        switch name {
        case "defined": !value.isUndefined
        case "undefined": value.isUndefined
        case "none": if case .none = value { true } else { false }
        case "boolean": if case .boolean = value { true } else { false }
        case "true": if case .boolean(true) = value { true } else { false }
        case "false": if case .boolean(false) = value { true } else { false }
        case "integer": if case .integer = value { true } else { false }
        case "float": if case .number = value { true } else { false }
        case "number": value.double != nil
        case "string": value.textValue != nil
        case "mapping": if case .dictionary = value { true } else { false }
        case "callable": if case .function = value { true } else { false }
        case "iterable":
            switch value {
            case .none, .boolean, .integer, .number, .namespace, .function: false
            default: true
            }
        case "sequence":
            switch value {
            case .undefined, .text, .list, .tuple, .dictionary, .range: true
            default: false
            }
        default: nil
        }
    }
}
