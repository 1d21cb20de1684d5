extension Report {
    /// The version of the layout of ``json(beside:)``: a key that goes or changes its meaning raises it.
    package static let currentSchema = 1

    /// Manifest, rows and comparisons as one JSON object; a missing value is null.
    ///
    /// `docs/schemas/report.schema.json` describes it.
    package func json(beside besides: [Beside] = []) throws(ReportingError) -> String {
        let rows = rows.map { row in
            let fields = Column.summary.map { ($0.header, JSONValue($0.value(row))) }
            return JSONValue.object(Dictionary(uniqueKeysWithValues: fields))
        }
        let printed = Printed(
            schemaVersion: Self.currentSchema, manifest: manifest, rows: rows,
            beside: besides.map(\.json))
        return try jsonText(printed, pretty: true) + "\n"
    }

    private struct Printed: Encodable {
        let schemaVersion: Int
        let manifest: Manifest
        let rows: [JSONValue]
        let beside: [JSONValue]

        enum CodingKeys: String, CodingKey {
            case schemaVersion = "schema_version"
            case manifest, rows, beside
        }
    }
}
