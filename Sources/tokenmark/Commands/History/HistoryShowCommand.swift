internal import ArgumentParser
internal import History
internal import Reporting

/// `tokenmark history show`: the tables of a run.
struct HistoryShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Prints the tables of a run of the history.",
        discussion: """
            Everything is computed anew from the samples in the database, as report does it from a \
            directory.

            Example: tokenmark history show 3f2a91c0 --format summary
            """
    )

    @Argument(help: "The id of the run, or the beginning of it.")
    var id: String

    @Option(
        help: ArgumentHelp(
            "markdown, documents (their CSV), summary (our CSV), json or html.", valueName: "format"
        ))
    var format: ReportCommand.Format = .markdown

    @OptionGroup var options: HistoryOptions

    func run() throws {
        let history = try options.open()
        let run = try history.run(id)
        do {
            let report = try history.report(of: run)
            switch format {
            case .markdown: try Terminal.output(report.tablesText)
            case .documents: try Terminal.output(report.documentsCSV)
            case .summary: try Terminal.output(report.summaryCSV)
            case .json: try Terminal.output(report.json())
            case .html: try Terminal.output(SweepPage(report).page.html)
            }
        } catch HistoryError.noSamples where format == .markdown {
            Terminal.error("warning: \(HistoryError.noSamples(id: run.shortID))\n")
            try Terminal.output(history.pointsTable(of: run))
        }
    }
}
