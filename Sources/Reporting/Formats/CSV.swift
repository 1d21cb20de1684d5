/// Comma-separated values: UTF-8, after RFC 4180, with the documents' single line feed at the end of a
/// line.
///
/// A header that is not ASCII has a byte order mark before it: without one, spreadsheets read a file as
/// of their system's encoding. A text that a spreadsheet would run as a formula, because it begins with
/// `=`, `+`, `-`, `@`, a tab or a carriage return, has an apostrophe before it; a number never has, also
/// where it is written in a text. (OWASP, CSV Injection.)
package enum CSV {
    private static let byteOrderMark = "\u{FEFF}"
    private static let formulaStarts: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r"]

    /// The header and every row.
    package static func text<Row>(_ columns: [Column<Row>], _ rows: [Row]) -> String {
        header(columns) + rows.map { line(columns, $0) }.joined()
    }

    /// The same of a table.
    package static func text(_ table: ReportTable) -> String {
        header(table.header) + table.rows.map { line($0) }.joined()
    }

    /// The first line.
    package static func header<Row>(_ columns: [Column<Row>]) -> String {
        header(columns.map(\.header))
    }

    /// The line of one row.
    package static func line<Row>(_ columns: [Column<Row>], _ row: Row) -> String {
        line(columns.map { $0.value(row) })
    }

    private static func header(_ titles: [String]) -> String {
        let line = line(titles.map { .text($0) })
        return line.utf8.allSatisfy { $0 < 0x80 } ? line : byteOrderMark + line
    }

    private static func line(_ values: [Value]) -> String {
        values.map { quoted(harmless($0)) }.joined(separator: ",") + "\n"
    }

    /// What stands in a field, so that a spreadsheet shows it.
    static func harmless(_ value: Value) -> String {
        guard case .text(let text) = value, isFormula(text) else { return value.text }
        return "'\(text)"
    }

    /// Whether a spreadsheet would compute a text in place of showing it.
    private static func isFormula(_ text: String) -> Bool {
        guard let first = text.unicodeScalars.first, formulaStarts.contains(first) else {
            return false
        }
        let isNumber =
            text.utf8.allSatisfy { "0123456789+-.eE".utf8.contains($0) } && Double(text) != nil
        return !isNumber
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
