internal import ArgumentParser
internal import Reporting
internal import Suite

/// `tokenmark report`: prints the tables of a report directory again, from its samples.
struct ReportCommand: ParsableCommand {
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
            as model, precision or hardware, stands above the table. With it, csv and jsonl have the \
            comparison in place of the summary.

            csv and jsonl have one table: summary, our columns, or documents, the guides' eight; of \
            max-batch batches, the guides' table, or attempts. --format documents is --format csv \
            --table documents. The samples themselves need no format: samples.jsonl is one JSON \
            object a line. docs/schemas describes them and what --format json prints as JSON Schema.

            Example: tokenmark report reports/2026-01-31-… --beside reports/reference/qwen-7b-910b3.csv
            """
    )

    @Argument(help: "A report directory.", completion: .directory)
    var directory: String

    @Option(
        help: ArgumentHelp(
            "A CSV with the guides' columns, or a report directory, to put beside this one; can be "
                + "given again.", valueName: "path"),
        completion: .file())
    var beside: [String] = []

    @OptionGroup var formatOptions: FormatOptions

    func run() throws {
        guard beside.isEmpty, MaxBatchPage.isReport(directory) else { return try giveSweep() }
        if MaxBatchReport.isReport(directory) {
            let choice = try formatOptions.choice(of: ReportDocument.maxBatchTables)
            let report = try MaxBatchReport(path: directory)
            try formatOptions.give(
                ReportDocument(report, in: formatOptions.language), as: choice)
        } else {
            // One of an earlier version kept no attempts to make the tables of.
            _ = try formatOptions.choice(of: [], [.html])
            try formatOptions.give(MaxBatchPage(path: directory).page.html)
        }
    }

    private func giveSweep() throws {
        let choice = try formatOptions.choice(of: ReportDocument.reportTables)
        guard beside.isEmpty || choice.table != ReportDocument.reportTables.last else {
            throw UsageError(
                "--beside has no place among the eight columns of documents: give --format csv, "
                    + "markdown, json or html without it")
        }
        let report = try Report(path: directory)
        let ours = PublishedTable(report, path: directory)
        let besides = try beside.map { Beside(ours, try PublishedTable(path: $0)) }
        for warning in report.warnings + besides.flatMap(\.theirs.warnings) {
            Terminal.error("warning: \(warning)\n")
        }
        try formatOptions.give(
            ReportDocument(report, besides: besides, in: formatOptions.language), as: choice)
    }
}
