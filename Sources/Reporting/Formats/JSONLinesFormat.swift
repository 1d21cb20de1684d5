extension ReportFormat {
    /// One table, a JSON object a line for each row.
    package static let jsonl = ReportFormat("jsonl", hasOneTable: true) { _, table in
        try table.rows.map { try jsonText(table.object($0)) + "\n" }.joined()
    }
}
