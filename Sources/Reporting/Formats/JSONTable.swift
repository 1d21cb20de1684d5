/// Rows as a JSON array of objects, a key for each column; what is missing is null.
package enum JSONTable {
    package static func text<Row>(
        _ columns: [Column<Row>], _ rows: [Row]
    ) throws(ReportingError) -> String {
        let objects = rows.map { row in
            JSONValue.object(
                Dictionary(columns.map { ($0.header, $0.value(row).json) }) { first, _ in first })
        }
        return try jsonText(objects, pretty: true) + "\n"
    }
}

extension Value {
    fileprivate var json: JSONValue {
        switch self {
        case .integer(let value): .integer(value)
        case .decimal(let value): .number(value)
        case .text(let value): .string(value)
        case .missing: .null
        }
    }
}
