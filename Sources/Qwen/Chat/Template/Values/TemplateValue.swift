/// A value in a template: what Python would have there.
enum TemplateValue {
    /// What has no value; reading it is allowed where Jinja allows it.
    case undefined(String)
    case none
    case boolean(Bool)
    case integer(Int)
    case number(Double)
    case text(TemplateText)
    case list(TemplateList)
    case tuple(TemplateList)
    case dictionary(TemplateDictionary)
    /// What `keys`, `values` or `items` of a dictionary give.
    case view(of: String, TemplateList)
    case range(TemplateRange)
    case generator(TemplateGenerator)
    case namespace(TemplateNamespace)
    case loop(TemplateLoopState)
    case function(TemplateFunction)

    static func text(_ text: String) -> TemplateValue { .text(TemplateText(text)) }

    /// What Python calls its type, in messages.
    var kind: String {
        switch self {
        case .undefined(let name): "'\(name)', which is undefined,"
        case .none: "none"
        case .boolean: "a truth value"
        case .integer, .number: "a number"
        case .text: "a text"
        case .list: "a list"
        case .tuple: "a tuple"
        case .dictionary: "a dictionary"
        case .view(let name, _): "what \(name)() gives"
        case .range: "a range"
        case .generator: "what a filter gives bit by bit"
        case .namespace: "a namespace"
        case .loop: "the loop"
        case .function: "a function"
        }
    }
}

extension TemplateValue {
    /// How deep lists and dictionaries nest in it.
    var depth: Int {
        switch self {
        case .list(let list), .tuple(let list), .view(_, let list): list.depth
        case .dictionary(let dictionary): dictionary.depth
        default: 0
        }
    }

    /// What Python takes for true.
    var isTrue: Bool {
        switch self {
        case .undefined, .none: false
        case .boolean(let flag): flag
        case .integer(let number): number != 0
        case .number(let number): number != 0
        case .text(let text): !text.isEmpty
        case .list(let list), .tuple(let list), .view(_, let list): !list.elements.isEmpty
        case .dictionary(let dictionary): !dictionary.entries.isEmpty
        case .range(let range): range.count > 0
        case .generator, .namespace, .function: true
        case .loop(let loop): !loop.items.isEmpty
        }
    }

    /// A whole number; truth values are 0 and 1.
    var whole: Int? {
        switch self {
        case .integer(let number): number
        case .boolean(let flag): flag ? 1 : 0
        default: nil
        }
    }

    var double: Double? {
        if case .number(let number) = self { number } else { whole.map { Double($0) } }
    }

    var textValue: TemplateText? {
        if case .text(let text) = self { text } else { nil }
    }

    var isUndefined: Bool {
        if case .undefined = self { true } else { false }
    }
}

extension TemplateValue {
    /// The value that a JSON document is.
    ///
    /// - Parameter origin: who wrote its texts; the names of members among them.
    init(_ json: JSON, origin: TemplateText.Origin) {
        switch json {
        case .null: self = .none
        case .boolean(let flag): self = .boolean(flag)
        case .integer(let number): self = .integer(number)
        case .number(let number): self = .number(number)
        case .string(let text): self = .text(TemplateText(text, origin: origin))
        case .array(let elements):
            self = .list(TemplateList(elements.map { TemplateValue($0, origin: origin) }))
        case .object(let members):
            self = .dictionary(
                TemplateDictionary(
                    members.map {
                        TemplateEntry(
                            key: .text(TemplateText($0.name, origin: origin)),
                            value: TemplateValue($0.value, origin: origin))
                    }))
        }
    }
}
