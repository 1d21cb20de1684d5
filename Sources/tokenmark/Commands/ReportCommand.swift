internal import ArgumentParser
internal import Reporting

/// `tokenmark report`: prints the tables of a report directory again, from its samples.
struct ReportCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case documents
        case summary
        case markdown
        case json

        /// The report in this format.
        func text(of report: Report) throws -> String {
            switch self {
            case .markdown: report.tablesText
            case .documents: report.documentsCSV
            case .summary: report.summaryCSV
            case .json: try report.json()
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Prints the tables of a report directory again.",
        discussion: """
            Everything is computed anew from samples.jsonl, so it also works on a report whose \
            sweep was cut off.

            Example: tokenmark report reports/2026-01-31-… --format summary
            """
    )

    @Argument(help: "A report directory.")
    var directory: String

    @Option(
        help: ArgumentHelp(
            "markdown, documents (their CSV), summary (our CSV) or json.", valueName: "format"))
    var format: Format = .markdown

    func run() throws {
        let report = try Report(path: directory)
        for warning in report.warnings { Terminal.error("warning: \(warning)\n") }
        Terminal.output(try format.text(of: report))
    }
}
