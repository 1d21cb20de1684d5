internal import ArgumentParser
internal import Basics
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

            Two to four directories and --format html make one page of all: the first is A, and what is \
            said of the others is what compare says; the other formats are those of compare.

            Example: tokenmark report reports/2026-01-31-… --beside reports/reference/qwen-7b-910b3.csv
            """
    )

    @Argument(
        help: ArgumentHelp(
            "A report directory; several for one page of all.", valueName: "directory"),
        completion: .directory)
    var directories: [String]

    @Option(
        help: ArgumentHelp(
            "A CSV with the guides' columns, or a report directory, to put beside this one; can be "
                + "given again.", valueName: "path"),
        completion: .file())
    var beside: [String] = []

    @OptionGroup var formatOptions: FormatOptions

    func run() throws {
        guard directories.count == 1 else { return try giveComparison() }
        let directory = directories[0]
        guard beside.isEmpty, MaxBatchPage.isReport(directory) else {
            return try giveSweep(directory)
        }
        if MaxBatchReport.isReport(directory) {
            let choice = try formatOptions.choice(of: ReportDocument.maxBatchTables)
            let report = try MaxBatchReport(path: directory)
            try formatOptions.give(
                ReportDocument(report, in: formatOptions.language), as: choice)
        } else {
            // One of an earlier version kept no attempts to make the tables of.
            _ = try formatOptions.choice(of: [], [.html])
            let page = try MaxBatchPage(path: directory, in: formatOptions.language ?? .en)
            try formatOptions.give(page.page.html)
        }
    }

    private func giveSweep(_ directory: String) throws {
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

    /// One page of several reports.
    private func giveComparison() throws {
        let names = directories.joined(separator: " ")
        let choice = try formatOptions.choice(of: ReportDocument.reportTables)
        guard choice.format == .html else {
            throw UsageError(
                "--format \(choice.format.name) has room for one report, and \(names) are "
                    + "\(directories.count); give --format html, or tokenmark compare A B")
        }
        guard directories.count <= ComparisonPage.mostReports else {
            throw UsageError(
                "\(directories.count) reports are too many to tell apart on one page; give "
                    + "\(ComparisonPage.mostReports) at most")
        }
        guard beside.isEmpty else {
            throw UsageError(
                "--beside puts a table next to one report, and \(names) are "
                    + "\(directories.count); leave one of them out")
        }
        let sides = try directories.map { directory in
            guard !MaxBatchPage.isReport(directory) else {
                throw UsageError(
                    "\(directory) is a report of max-batch, which is shown alone; give reports of "
                        + "sweep")
            }
            return ComparisonSide(try Report(path: directory), path: directory)
        }
        for side in sides {
            for warning in side.warnings { Terminal.error("warning: \(warning)\n") }
        }
        try formatOptions.give(Self.page(of: sides, in: formatOptions.language ?? .en))
    }

    private static func page(of sides: [ComparisonSide], in language: Language) throws -> String {
        do {
            return try ComparisonPage(of: sides, in: language).page.html
        } catch ReportingError.otherModel(let differences) {
            throw UsageError(
                "\(differences.joined(separator: "; ")): give reports of the same model, or "
                    + "tokenmark compare A B --any-model --format html")
        }
    }
}
