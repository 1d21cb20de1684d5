internal import ArgumentParser
internal import History
internal import Reporting
internal import Suite

/// `tokenmark history plot`: a metric over time.
struct HistoryPlotCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plot",
        abstract: "Shows how a metric changed from run to run.",
        discussion: """
            A metric is a column of summary.csv, with its unit or without: ttft_p95, tpot_p50, e2e, \
            itl_p99. One point is a graph, several are a line of bars each. Runs of different models, \
            precisions and machines are never in one line. html and --svg draw it over the days; csv and \
            jsonl have a line for each run.

            Example: tokenmark history plot --metric tpot_p50 --point 1x512x128
            """
    )

    @Option(help: ArgumentHelp("What to show.", valueName: "name"))
    var metric: String

    @Option(
        help: ArgumentHelp(
            "Only this point: batch x input x output, or its name; all unless given.",
            valueName: "point"))
    var point: String?

    @Option(
        help: ArgumentHelp("Draws it into this file instead.", valueName: "file"),
        completion: .file())
    var svg: String?

    @OptionGroup var formatOptions: FormatOptions
    @OptionGroup var filterOptions: RunFilterOptions
    @OptionGroup var options: HistoryOptions

    func run() throws {
        let format = try formatOptions.choice(of: ReportDocument.seriesTables)
        guard svg == nil || (formatOptions.format == nil && formatOptions.output == nil) else {
            throw UsageError(
                "--svg is a format and a file by itself: leave out --format and --output")
        }
        let choice = try point.map { text in
            guard let choice = PointChoice(text) else {
                throw UsageError("--point \(text) is not a point; write 1x512x128 or b1-i512-o128")
            }
            return choice
        }
        let filter = try filterOptions.filter
        let history = try options.open()
        let column = try history.metricColumn(metric)
        let series = try history.series(of: column, filter, at: choice)
        if let svg {
            try OutputFile.write(SeriesChart(series, metric: column).svg, to: svg)
            return
        }
        try formatOptions.give(
            ReportDocument(series, metric: column, width: Terminal.outputColumns), as: format)
    }
}
