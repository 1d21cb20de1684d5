internal import JSON

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

/// Values in a row, which never change.
struct TemplateList {
    let elements: [TemplateValue]
    /// How deep lists and dictionaries nest in it, itself among them.
    let depth: Int

    /// Values that nest deeper are refused: what walks over them would run out of stack.
    static let mostDepth = 100

    init(_ elements: [TemplateValue]) {
        self.elements = elements
        depth = 1 + (elements.lazy.map(\.depth).max() ?? 0)
    }
}

/// A key of a dictionary and its value.
struct TemplateEntry {
    let key: TemplateValue
    var value: TemplateValue
}

/// Keys and values in the order they came, which never change.
struct TemplateDictionary {
    let entries: [TemplateEntry]
    let depth: Int

    init(_ entries: [TemplateEntry]) {
        self.entries = entries
        depth = 1 + (entries.lazy.map { max($0.key.depth, $0.value.depth) }.max() ?? 0)
    }

    init(_ members: [(String, TemplateValue)]) {
        self.init(members.map { TemplateEntry(key: .text($0), value: $1) })
    }

    /// The value of a text; nil where there is none.
    func value(_ key: TemplateText) -> TemplateValue? {
        entries.first {
            if case .text(let text) = $0.key { text == key } else { false }
        }?.value
    }
}

/// What `range` gives; `step` is not 0.
struct TemplateRange {
    let start: Int
    let end: Int
    let step: Int

    var count: Int {
        // Differences of numbers that are bounded where a range is made.
        let distance = step > 0 ? end - start : start - end
        return distance <= 0 ? 0 : (distance - 1) / abs(step) + 1
    }

    func value(_ index: Int) -> TemplateValue { .integer(start + index * step) }
}

/// What some filters give: it can be gone through once.
final class TemplateGenerator {
    private var rest: [TemplateValue]

    init(_ elements: [TemplateValue]) {
        rest = elements
    }

    func takeRest() -> [TemplateValue] {
        defer { rest = [] }
        return rest
    }

    func takeFirst() -> TemplateValue? {
        rest.isEmpty ? nil : rest.removeFirst()
    }
}

/// The one value that a template can change.
final class TemplateNamespace {
    var members: [String: TemplateValue]

    init(_ members: [String: TemplateValue]) {
        self.members = members
    }
}
