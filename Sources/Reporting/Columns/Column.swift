/// One column of a table, as data: every format prints the same columns.
package struct Column<Row>: Sendable {
    /// What stands above it.
    package let header: String
    /// What stands in it.
    package let value: @Sendable (Row) -> Value

    /// A column whose header is given as it is.
    package init(header: String, value: @escaping @Sendable (Row) -> Value) {
        self.header = header
        self.value = value
    }

    /// A column in snake_case, the unit last: `ttft_mean` in `ms` becomes `ttft_mean_ms`.
    package init(
        _ name: String, unit: String? = nil, value: @escaping @Sendable (Row) -> Value
    ) {
        self.init(header: unit.map { "\(name)_\($0)" } ?? name, value: value)
    }
}

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
