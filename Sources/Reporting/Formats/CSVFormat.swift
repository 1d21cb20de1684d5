extension ReportFormat {
    /// One table, for spreadsheets; ``CSV`` says how.
    package static let csv = ReportFormat("csv", hasOneTable: true) { _, table in
        CSV.text(table)
    }
}
