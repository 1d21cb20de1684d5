/// A JSON document in memory (RFC 8259).
package enum JSON: Equatable, Sendable {
    case null
    case boolean(Bool)
    /// A number without fraction and exponent that fits.
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    /// In the order of the file; names differ.
    case object([Member])

    package struct Member: Equatable, Sendable {
        package let name: String
        package let value: JSON

        package init(name: String, value: JSON) {
            self.name = name
            self.value = value
        }
    }

    /// The member of an object; nil for other values and where it is missing or null.
    package subscript(name: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        let value = members.first { $0.name == name }?.value
        return value == .null ? nil : value
    }

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var integer: Int? {
        if case .integer(let number) = self { number } else { nil }
    }

    /// With or without a fraction.
    package var number: Double? {
        switch self {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    package var boolean: Bool? {
        if case .boolean(let flag) = self { flag } else { nil }
    }

    package var array: [JSON]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    package var members: [Member]? {
        if case .object(let members) = self { members } else { nil }
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral,
    ExpressibleByDictionaryLiteral
{
    package init(stringLiteral text: String) { self = .string(text) }

    package init(integerLiteral number: Int) { self = .integer(number) }

    package init(booleanLiteral flag: Bool) { self = .boolean(flag) }

    package init(floatLiteral number: Double) { self = .number(number) }

    package init(arrayLiteral elements: JSON...) { self = .array(elements) }

    /// In the order written.
    package init(dictionaryLiteral members: (String, JSON)...) {
        self = .object(members.map { Member(name: $0, value: $1) })
    }
}
