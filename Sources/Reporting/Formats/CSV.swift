/// Comma-separated values after RFC 4180, with the documents' single line feed at the end of a line.
package enum CSV {
    /// The header and every row.
    package static func text<Row>(_ columns: [Column<Row>], _ rows: [Row]) -> String {
        header(columns) + rows.map { line(columns, $0) }.joined()
    }

    /// The first line.
    package static func header<Row>(_ columns: [Column<Row>]) -> String {
        line(columns.map(\.header))
    }

    /// The line of one row.
    package static func line<Row>(_ columns: [Column<Row>], _ row: Row) -> String {
        line(columns.map { $0.value(row).text })
    }

    private static func line(_ fields: [String]) -> String {
        fields.map(quoted).joined(separator: ",") + "\n"
    }

    /// Quotes a field only if it must be.
    private static func quoted(_ field: String) -> String {
        // By scalars: "\r\n" is one character, and neither "\r" nor "\n".
        let needsQuotes = field.unicodeScalars.contains {
            $0 == "," || $0 == "\"" || $0 == "\n" || $0 == "\r"
        }
        guard needsQuotes else { return field }
        let doubled = field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"")
        return "\"\(doubled)\""
    }
}
