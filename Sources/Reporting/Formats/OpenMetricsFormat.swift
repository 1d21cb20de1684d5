extension ReportFormat {
    /// Gauges in the text form of Prometheus and OpenMetrics, for a gateway or a dashboard.
    ///
    /// The columns before the first with a fraction name a line, and are its labels; every number after
    /// them is a gauge, `tokenmark_` and the column's name. What is missing has no line. Source: the
    /// OpenMetrics specification, 1.0.0, sections "ABNF" and "Suffixes".
    package static let openMetrics = ReportFormat("openmetrics", hasOneTable: true) { _, table in
        let first =
            table.header.indices.first { column in
                table.rows.contains { if case .decimal = $0[column] { true } else { false } }
            } ?? table.header.count
        var text = ""
        for column in first..<table.header.count {
            let lines = table.rows.compactMap { row -> String? in
                let number: String
                switch row[column] {
                case .integer(let value): number = "\(value)"
                case .decimal(let value) where value.isFinite: number = "\(value)"
                case .decimal, .text, .missing: return nil
                }
                let labels = (0..<first).filter { row[$0] != .missing }.map {
                    "\(metricName(table.header[$0]))=\"\(labelValue(row[$0].text))\""
                }.joined(separator: ",")
                return "{\(labels)} \(number)\n"
            }
            guard !lines.isEmpty else { continue }
            let name = "tokenmark_" + metricName(table.header[column])
            text += "# TYPE \(name) gauge\n" + lines.map { name + $0 }.joined()
        }
        return text + "# EOF\n"
    }

    /// Letters, digits and `_`; anything else becomes `_`.
    private static func metricName(_ header: String) -> String {
        String(header.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    }

    private static func labelValue(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            .replacing("\n", with: "\\n")
    }
}
