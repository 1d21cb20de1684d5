internal import ArgumentParser
internal import Reporting

/// `tokenmark compare`: what changed from one report to another, and whether it is real.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Says what changed from one report to another, and whether it is real.",
        discussion: """
            Joins the cells of A and B by their batch and lengths, and tests the repetitions of each by \
            the Mann-Whitney U test, corrected by Holm's method over all cells and metrics. A cell is \
            faster or slower if that is significant at 5 % and more than the threshold. There is no \
            difference if the 95 % interval of the ratio of medians lies within the threshold; all else \
            is "cannot tell", with the number of repetitions that would do. Intervals know how \
            repetitions of one run differ, not how runs do: on a restless machine run both twice.

            A cell that was ok in A and is not in B is a regression too, whether it failed, was not run \
            or is missing; --allow-missing excuses the last two.

            A and B are report directories, or files of llama-bench -o jsonl or llama-batched-bench \
            --output-format jsonl; what of their definitions was converted is said. Every fact that \
            is not the same on both sides has a line of its own: NOT COMPARABLE for the CPU model, \
            engine, build and method, "differs" for all else, such as version, precision, threads or \
            instruction set. Reports of different models are refused.

            Example: tokenmark compare reports/2026-01-31-… reports/2026-02-01-… --threshold 3%

            \(ExitStatus.table)
            """
    )

    @Argument(help: "The report to compare with.", completion: .file())
    var a: String

    @Argument(help: "The report to compare.", completion: .file())
    var b: String

    @OptionGroup var options: ComparisonOptions

    func run() throws {
        try options.compare(try ComparisonSide(path: a), try ComparisonSide(path: b))
    }
}
