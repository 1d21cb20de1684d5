/// What stands in one field of a table.
package enum Value: Equatable, Sendable {
    case integer(Int)
    case decimal(Double)
    case text(String)
    /// Nothing was measured: an empty field, never a 0.
    case missing

    package init(_ decimal: Double?) {
        self = decimal.map(Value.decimal) ?? .missing
    }

    package init(_ integer: Int?) {
        self = integer.map(Value.integer) ?? .missing
    }

    package init(_ text: String?) {
        self = text.map(Value.text) ?? .missing
    }

    /// The field as text: numbers in the shortest form that reads back the same, in no locale.
    package var text: String {
        switch self {
        case .integer(let value): value.description
        case .decimal(let value): value.description
        case .text(let value): value
        case .missing: ""
        }
    }
}
