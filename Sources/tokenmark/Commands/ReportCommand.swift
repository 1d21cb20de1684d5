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
            sweep was cut off; points that it never came to are rows with the status not_run.

            html is one file with tables and charts that opens without a network, also of a report of \
            max-batch; every sweep leaves it as report.html.

            --beside puts another table next to ours, cell by cell, with the ratio of the speeds: one \
            of the guides' own under reports/reference, any CSV with their columns, or another \
            report. Cells that only one side has are shown; what is not the same on both sides, such \
            as model, precision or hardware, stands above the table. With it, --format summary prints \
            the comparison as CSV in place of the summary.

            The samples themselves need no format: samples.jsonl is one JSON object a line. \
            docs/schemas describes them and the output of --format json as JSON Schema.

            Example: tokenmark report reports/2026-01-31-… --beside reports/reference/qwen-7b-910b3.csv
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

    @Option(
        help: ArgumentHelp(
            "A CSV with the guides' columns, or a report directory, to put beside this one; can be "
                + "given again.", valueName: "path"))
    var beside: [String] = []

    @Option(
        help: ArgumentHelp("zh or en: the titles of the guides' tables.", valueName: "language"))
    var language: Language = .zh

    func run() throws {
        let text = try text()
        guard let output else {
            try Terminal.output(text)
            return
        }
        try OutputFile.write(text, to: output)
    }

    private func text() throws -> String {
        if format == .html, beside.isEmpty, MaxBatchPage.isReport(directory) {
            return try MaxBatchPage(path: directory).page.html
        }
        let report = try Report(path: directory)
        let ours = PublishedTable(report, path: directory)
        let besides = try beside.map { Beside(ours, try PublishedTable(path: $0)) }
        for warning in report.warnings + besides.flatMap(\.theirs.warnings) {
            Terminal.error("warning: \(warning)\n")
        }
        switch format {
        case .markdown:
            let comparisons = besides.map { BesideText($0, in: language).markdown }
            return ([report.tablesText(in: language)] + comparisons).joined(separator: "\n")
        case .documents:
            guard besides.isEmpty else {
                throw UsageError(
                    "--beside has no place among the eight columns of --format documents: give "
                        + "--format summary, markdown, json or html")
            }
            return report.documentsCSV
        case .summary: return besides.isEmpty ? report.summaryCSV : Beside.csv(besides)
        case .json: return try report.json(beside: besides)
        case .html: return SweepPage(report, besides: besides).page.html
        }
    }
}

extension Language: ExpressibleByArgument {}
