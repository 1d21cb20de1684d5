import FoundationEssentials

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
        let object: [String: JSONValue] = [
            "schema_version": .integer(Self.currentSchema),
            "manifest": try Self.asJSON(manifest), "rows": .array(rows),
            "beside": .array(besides.map(\.json)),
        ]
        return try jsonText(object, pretty: true) + "\n"
    }

    private static func asJSON(_ manifest: Manifest) throws(ReportingError) -> JSONValue {
        do {
            return try JSONDecoder().decode(
                JSONValue.self, from: Data(try manifest.json().utf8))
        } catch {
            throw .unencodable(what: "the manifest: \(error)")
        }
    }
}

extension JSONValue {
    fileprivate init(_ value: Value) {
        self =
            switch value {
            case .integer(let value): .integer(value)
            case .decimal(let value): .number(value)
            case .text(let value): .string(value)
            case .missing: .null
            }
    }
}
