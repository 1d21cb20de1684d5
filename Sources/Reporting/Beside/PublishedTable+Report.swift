extension PublishedTable {
    /// The documents' table of a report of ours.
    ///
    /// - Parameter path: of its directory.
    package init(_ report: Report, path: String) {
        self.init(
            path: path, title: report.manifest.title,
            circumstances: report.manifest.circumstances,
            cells: report.rows.map { PublishedCell($0) })
        notes = report.manifest.caveats
        warnings = report.warnings
    }
}
