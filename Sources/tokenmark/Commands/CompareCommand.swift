internal import ArgumentParser
internal import Reporting

/// `tokenmark compare`: what changed from one report to another, and whether it is real.
struct CompareCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case markdown
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Says what changed from one report to another, and whether it is real.",
        discussion: """
            Joins the cells of A and B by their batch and lengths, and tests the repetitions of each by \
            the Mann-Whitney U test, corrected by Holm's method over the cells of a metric. A cell is \
            faster or slower if that is significant at 5 % and more than the threshold. Intervals are \
            bootstrap intervals of the ratio of medians. They know how repetitions of one run differ, \
            not how runs do: on a restless machine run both twice.

            A and B are report directories, or files of llama-bench -o jsonl or llama-batched-bench \
            --output-format jsonl; what of their definitions was converted is said. Every fact that \
            is not the same on both sides has a line of its own: NOT COMPARABLE for the CPU model, \
            engine, build and method, "differs" for all else, such as version, precision, threads or \
            instruction set. Reports of different models are refused.

            Exit status 3 if a cell is slower, 2 for bad input, 0 otherwise.

            Example: tokenmark compare reports/2026-01-31-… reports/2026-02-01-… --threshold 3%
            """
    )

    @Argument(help: "The report to compare with.")
    var a: String

    @Argument(help: "The report to compare.")
    var b: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The noise floor: less is no difference.", valueName: "percent"))
    var threshold = Percentage.noiseFloor

    @Option(help: ArgumentHelp("text, markdown or json.", valueName: "format"))
    var format: Format = .text

    @Flag(help: "Compares reports of different models.")
    var anyModel = false

    func run() throws {
        let sides = try [a, b].map { try ComparisonSide(path: $0) }
        for warning in sides.flatMap(\.warnings) { Terminal.error("warning: \(warning)\n") }
        let comparison = try Comparison(
            sides[0], sides[1],
            settings: ComparisonSettings(threshold: threshold.share, allowsAnyModel: anyModel))
        switch format {
        case .text: Terminal.output(ComparisonText(comparison).text)
        case .markdown: Terminal.output(ComparisonText(comparison).markdown)
        case .json: Terminal.output(try comparison.json())
        }
        if comparison.hasRegression { throw ExitStatus.regression }
    }
}

extension Percentage {
    /// What a quiet machine's medians move from run to run.
    fileprivate static let noiseFloor = Percentage(share: 0.02)

    private init(share: Double) {
        self.share = share
    }
}
