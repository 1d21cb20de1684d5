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
            case .markdown: Terminal.output(report.tablesText)
            case .documents: Terminal.output(report.documentsCSV)
            case .summary: Terminal.output(report.summaryCSV)
            case .json: Terminal.output(try report.json())
            case .html: Terminal.output(SweepPage(report).page.html)
            }
        } catch HistoryError.noSamples where format == .markdown {
            Terminal.error("warning: \(HistoryError.noSamples(id: run.shortID))\n")
            Terminal.output(try history.pointsTable(of: run))
        }
    }
}
