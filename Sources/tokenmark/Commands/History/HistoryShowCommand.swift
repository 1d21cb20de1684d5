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

    @OptionGroup var formatOptions: FormatOptions
    @OptionGroup var options: HistoryOptions

    func run() throws {
        let choice = try formatOptions.choice(of: ReportDocument.reportTables)
        let history = try options.open()
        let run = try history.run(id)
        do {
            let report = try history.report(of: run)
            try formatOptions.give(
                ReportDocument(report, in: formatOptions.language), as: choice)
        } catch HistoryError.noSamples where [.text, .markdown].contains(choice.format) {
            Terminal.error("warning: \(HistoryError.noSamples(id: run.shortID))\n")
            try formatOptions.give(history.pointsTable(of: run))
        }
    }
}
