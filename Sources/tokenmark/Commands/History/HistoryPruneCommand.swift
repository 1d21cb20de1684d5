internal import ArgumentParser
internal import History
internal import Reporting
internal import Suite

/// `tokenmark history prune`: takes runs out of the history.
struct HistoryPruneCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune",
        abstract: "Takes runs out of the history, and prints which.",
        discussion: """
            What goes are the runs that match every option, but for the newest --keep of each model, \
            precision and machine. Nothing is asked: see what would go with --dry-run first. Report \
            directories are left as they are, and can be added again.

            Example: tokenmark history prune --keep 20 --before 2026-01-31 --dry-run
            """
    )

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Runs of each model, precision and machine that stay, however old.", valueName: "n"))
    var keep: Int?

    @Option(
        help: ArgumentHelp(
            "Only runs that began earlier: 2026-01-31 or 2026-01-31T12:00:00Z.", valueName: "time"))
    var before: String?

    @Flag(help: "Print what would go, and leave it.")
    var dryRun = false

    @OptionGroup var filterOptions: RunFilterOptions
    @OptionGroup var options: HistoryOptions

    func run() throws {
        var filter = try filterOptions.filter
        filter.before = try Timestamp(given: before, as: "--before")
        guard keep != nil || filter.before != nil || !filter.labels.isEmpty else {
            throw UsageError(
                "nothing says what to remove: give --keep 20, --before 2026-01-31 or --label "
                    + "key=value")
        }
        if let keep, keep < 0 { throw UsageError("--keep \(keep) is not a number from 0 on") }
        let runs = try options.open().prune(filter, keeping: keep ?? 0, isTrial: dryRun)
        let word = dryRun ? "would remove" : "removed"
        let lines = runs.map { run in
            let facts = [run.startedAt, run.model, run.precision, run.directory]
            return "\(word) \(run.shortID): \(visible(facts.joined(separator: ", ")))\n"
        }
        try Terminal.output(lines.isEmpty ? "nothing to remove\n" : lines.joined())
    }
}
