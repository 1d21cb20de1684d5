internal import ArgumentParser
internal import Reporting

/// `tokenmark report`: prints the tables of a report directory again, from its samples.
struct ReportCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case documents
        case summary
        case markdown
        case json
        case html
    }

    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Prints the tables of a report directory again.",
        discussion: """
            Everything is computed anew from samples.jsonl, so it also works on a report whose \
            sweep was cut off. html is one file with tables and charts that opens without a network, \
            also of a report of max-batch.

            Example: tokenmark report reports/2026-01-31-… --format summary
            """
    )

    @Argument(help: "A report directory.")
    var directory: String

    @Option(
        help: ArgumentHelp(
            "markdown, documents (their CSV), summary (our CSV), json or html.", valueName: "format"
        ))
    var format: Format = .markdown

    @Option(
        help: ArgumentHelp("Write to this file instead of stdout.", valueName: "file"))
    var output: String?

    func run() throws {
        if format == .html, MaxBatchPage.isReport(directory) {
            try emit(MaxBatchPage(path: directory).page.html)
            return
        }
        let report = try Report(path: directory)
        for warning in report.warnings { Terminal.error("warning: \(warning)\n") }
        switch format {
        case .markdown: try emit(report.tablesText)
        case .documents: try emit(report.documentsCSV)
        case .summary: try emit(report.summaryCSV)
        case .json: try emit(try report.json())
        case .html: try emit(SweepPage(report).page.html)
        }
    }

    private func emit(_ text: String) throws {
        guard let output else {
            Terminal.output(text)
            return
        }
        try OutputFile.replace(output, with: text)
    }
}
