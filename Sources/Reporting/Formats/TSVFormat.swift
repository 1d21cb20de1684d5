extension ReportFormat {
    /// One table to paste into a sheet or to cut in a pipe: tabs between fields, and none in them.
    package static let tsv = ReportFormat("tsv", hasOneTable: true) { _, table in
        ([table.header.map { Value.text($0) }] + table.rows).map { row in
            row.map(field).joined(separator: "\t") + "\n"
        }.joined()
    }

    /// A tab, or an end of a line, becomes a blank; formulas are texts, as ``CSV`` has it.
    private static func field(_ value: Value) -> String {
        String(
            String.UnicodeScalarView(
                CSV.harmless(value).unicodeScalars.map {
                    ["\t", "\n", "\r"].contains($0) ? " " : $0
                }))
    }
}
