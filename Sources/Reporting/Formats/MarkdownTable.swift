/// A table of Markdown whose source is aligned, also with Chinese headers.
package enum MarkdownTable {
    /// The header, the rule and every row; each line ends with a line feed.
    package static func text<Row>(_ columns: [Column<Row>], _ rows: [Row]) -> String {
        text(ReportTable("rows", columns, rows))
    }

    /// The same of a table.
    package static func text(_ table: ReportTable) -> String {
        let header = table.header.map(escaped)
        let body = table.rows.map { row in row.map { escaped($0.text) } }
        let widths = header.indices.map { column in
            ([header] + body).map { $0[column].displayWidth }.max() ?? 0
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) + "|" }.joined() + "\n"
        return line(header, widths) + rule + body.map { line($0, widths) }.joined()
    }

    private static func line(_ fields: [String], _ widths: [Int]) -> String {
        "|" + zip(fields, widths).map { " \($0.padded(toWidth: $1)) |" }.joined() + "\n"
    }

    /// A field must neither end its cell nor its line.
    static func escaped(_ field: String) -> String {
        var text = ""
        for scalar in field.unicodeScalars {
            switch scalar {
            case "|": text += "\\|"
            case "\n", "\r": text += " "
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
