extension ReportDocument {
    /// The names of the tables of a report.
    package static let reportTables = ["summary", "documents"]

    /// A report, and the tables beside it.
    ///
    /// With some beside, the comparison has the place of the summary, and there is no table of the guides'
    /// eight columns, which have no room for it.
    /// - Parameter language: nil for English where a terminal shows it, and the guides' Chinese in their
    ///   own tables.
    package init(_ report: Report, besides: [Beside] = [], in language: Language?) {
        let name = Self.reportTables[0]
        self.init(
            title: report.manifest.title,
            tables: besides.isEmpty
                ? [
                    ReportTable(name, Column.summary, report.rows),
                    ReportTable(Self.reportTables[1], Column.documents, report.rows),
                ] : [Beside.table(name, besides)])
        func comparisons(_ language: Language) -> [String] {
            besides.map { BesideText($0, in: language).markdown }
        }
        text = {
            let language = language ?? .en
            return ([report.resultsText(in: language)] + comparisons(language))
                .joined(separator: "\n")
        }
        markdown = {
            ([report.tablesText(in: language)] + comparisons(language ?? .zh))
                .joined(separator: "\n")
        }
        json = { try report.json(beside: besides) }
        page = { SweepPage(report, besides: besides).page }
    }
}
