/// What Python's values have beside their items.
extension TemplateRenderer {
    private static let textMethods: Set<String> = [
        "capitalize", "count", "endswith", "find", "index", "isalnum", "isalpha", "isdigit",
        "islower", "isspace", "isupper", "join", "lower", "lstrip", "removeprefix", "removesuffix",
        "replace", "rfind", "rsplit", "rstrip", "split", "splitlines", "startswith", "strip",
        "title", "upper",
    ]
    private static let otherTextMethods: Set<String> = [
        "casefold", "center", "encode", "expandtabs", "format", "format_map", "isascii",
        "isdecimal", "isidentifier", "isnumeric", "isprintable", "istitle", "ljust", "maketrans",
        "partition", "rindex", "rjust", "rpartition", "swapcase", "translate", "zfill",
    ]
    private static let dictionaryMethods: Set<String> = ["copy", "get", "items", "keys", "values"]
    private static let listMethods: Set<String> = ["copy", "count", "index"]
    /// Jinja's sandbox calls none of these, for they change a value.
    private static let listChanges: Set<String> = [
        "append", "clear", "extend", "insert", "pop", "remove", "reverse", "sort",
    ]
    private static let dictionaryChanges: Set<String> = [
        "clear", "pop", "popitem", "setdefault", "update",
    ]
    private static let numberMembers: Set<String> = [
        "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator", "from_bytes",
        "fromhex", "hex", "imag", "is_integer", "numerator", "real", "to_bytes",
    ]

    /// The attribute itself, not an item of that name; nil where Python has none.
    ///
    /// - Throws: `TemplateError` for one that Python has and this has not.
    func ownAttribute(
        _ name: String, of value: TemplateValue
    ) throws(TemplateError) -> TemplateValue? {
        if case .undefined = value { throw failure("\(value.kind) has no member \(name)") }
        guard !(name.hasPrefix("__") && name.hasSuffix("__")) else {
            throw failure("the member \(name) is not for templates")
        }
        let method = TemplateValue.function(.method(name, of: value))
        switch value {
        case .text:
            if Self.textMethods.contains(name) { return method }
            try refuse(name, in: Self.otherTextMethods, of: value)
        case .dictionary:
            if Self.dictionaryMethods.contains(name) { return method }
            guard !Self.dictionaryChanges.contains(name) else { throw change(name, value) }
            try refuse(name, in: ["fromkeys"], of: value)
        case .list:
            if Self.listMethods.contains(name) { return method }
            guard !Self.listChanges.contains(name) else { throw change(name, value) }
        case .tuple:
            if name == "count" || name == "index" { return method }
        case .namespace(let namespace): return namespace.members[name]
        case .loop(let loop): return try attribute(name, of: loop)
        case .boolean, .integer, .number: try refuse(name, in: Self.numberMembers, of: value)
        case .view: try refuse(name, in: ["isdisjoint", "mapping"], of: value)
        case .range: try refuse(name, in: ["count", "index", "start", "step", "stop"], of: value)
        case .generator:
            try refuse(name, in: ["close", "send", "throw"], of: value)
            guard !name.hasPrefix("gi_") else { throw unsupported("the member \(name)") }
        case .function(.macro), .function(.builtin):
            throw unsupported("the member \(name) of \(value.kind)")
        case .function(.method), .none, .undefined: break
        }
        return nil
    }

    private func change(_ name: String, _ value: TemplateValue) -> TemplateError {
        failure("the method \(name) would change \(value.kind)")
    }

    private func refuse(
        _ name: String, in names: Set<String>, of value: TemplateValue
    ) throws(TemplateError) {
        guard !names.contains(name) else {
            throw unsupported("the member \(name) of \(value.kind)")
        }
    }

    private func attribute(
        _ name: String, of loop: TemplateLoopState
    ) throws(TemplateError) -> TemplateValue? {
        let (index, count) = (loop.index, loop.items.count)
        switch name {
        case "index": return .integer(index + 1)
        case "index0": return .integer(index)
        case "revindex": return .integer(count - index)
        case "revindex0": return .integer(count - index - 1)
        case "first": return .boolean(index == 0)
        case "last": return .boolean(index == count - 1)
        case "length": return .integer(count)
        case "depth": return .integer(1)
        case "depth0": return .integer(0)
        case "previtem":
            return index > 0 ? loop.items[index - 1] : .undefined("there is no previous item")
        case "nextitem":
            return index + 1 < count
                ? loop.items[index + 1] : .undefined("there is no next item")
        case "cycle", "changed": return .function(.method(name, of: .loop(loop)))
        default: return nil
        }
    }
}
