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
