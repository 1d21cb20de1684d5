internal import ArgumentParser
internal import History
internal import Reporting

/// `tokenmark history export`: the points of many runs as one table.
struct HistoryExportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Prints the points of the runs of the history, a line for each.",
        discussion: """
            Each line has what is known of the run, its labels as columns label.KEY, and the columns of \
            summary.csv: csv and tsv for spreadsheets, jsonl for programs. The oldest run comes first.

            Example: tokenmark history export --label branch=main --format csv --output main.csv
            """
    )

    @OptionGroup var formatOptions: FormatOptions
    @OptionGroup var filterOptions: RunFilterOptions
    @OptionGroup var options: HistoryOptions

    func run() throws {
        let choice = try formatOptions.choice(of: ["points"], [.csv, .jsonl, .tsv])
        let filter = try filterOptions.filter
        let table = try options.open().points(filter)
        try formatOptions.give(ReportDocument(title: "History", tables: [table]), as: choice)
    }
}
