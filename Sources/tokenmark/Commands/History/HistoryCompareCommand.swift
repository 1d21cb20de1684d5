internal import ArgumentParser
internal import History
internal import Suite

/// `tokenmark history compare`: what changed from one run to another.
struct HistoryCompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract:
            "Says what changed from one run of the history to another, and whether it is real.",
        discussion: """
            The same comparison, of the same samples, as tokenmark compare makes of two reports, with \
            the same exit status.

            Example: tokenmark history compare --last 2 --model qwen1.5-0.5b --precision int8

            \(ExitStatus.table)
            """
    )

    @Argument(help: "The ids of two runs, or the beginnings of them.")
    var ids: [String] = []

    @Option(help: ArgumentHelp("Compares the 2 newest runs instead.", valueName: "2"))
    var last: Int?

    @OptionGroup var filterOptions: RunFilterOptions
    @OptionGroup var comparison: ComparisonOptions
    @OptionGroup var options: HistoryOptions

    func run() throws {
        let filter = try filterOptions.filter
        let history: HistoryDatabase
        let runs: (before: StoredRun, after: StoredRun)
        switch (ids.count, last) {
        case (2, nil):
            guard filter == RunFilter() else {
                throw UsageError(
                    "--model, --precision, --machine, --since and --label choose the runs of "
                        + "--last 2; leave them out where the runs are named")
            }
            history = try options.open()
            runs = (try history.run(ids[0]), try history.run(ids[1]))
        case (0, 2):
            history = try options.open()
            runs = try history.lastTwo(filter)
        case (0, let count?):
            throw UsageError("--last \(count): two runs are compared; write --last 2")
        case (let count, nil):
            throw UsageError(
                "\(count) run\(count == 1 ? "" : "s") to compare; name two, or write --last 2")
        case (_, _?):
            throw UsageError("--last 2 names the runs; leave \(ids.joined(separator: ", ")) out")
        }
        try comparison.compare(
            try history.side(of: runs.before), try history.side(of: runs.after))
    }
}
