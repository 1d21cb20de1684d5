/// One table of a document, whatever its rows are of.
package struct ReportTable: Equatable, Sendable {
    /// What `--table` calls it: small letters, digits and `_`.
    package let name: String
    package let header: [String]
    /// As many values in each as there are in the header.
    package let rows: [[Value]]

    package init<Line>(_ name: String, _ columns: [Column<Line>], _ lines: [Line]) {
        self.name = name
        header = columns.map(\.header)
        rows = lines.map { line in columns.map { $0.value(line) } }
    }

    /// What a heading calls it.
    var words: String { name.split(separator: "_").joined(separator: " ") }

    /// A row as a JSON object, a key for each column; what is missing is null.
    func object(_ row: [Value]) -> JSONValue {
        .object(Dictionary(zip(header, row.map { JSONValue($0) })) { first, _ in first })
    }
}
