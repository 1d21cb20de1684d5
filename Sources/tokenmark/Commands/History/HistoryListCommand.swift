internal import ArgumentParser
internal import History
internal import Reporting

/// `tokenmark history list`: the runs of the history.
struct HistoryListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Lists the runs of the history, newest first.",
        discussion: """
            Example: tokenmark history list --model qwen1.5-0.5b --precision int8 --since 2026-01-31
            """
    )

    @OptionGroup var filterOptions: RunFilterOptions

    @Flag(help: "Prints them as JSON.")
    var json = false

    @OptionGroup var options: HistoryOptions

    func run() throws {
        let runs = try options.open().runs(try filterOptions.filter)
        try Terminal.output(
            json
                ? try JSONTable.text(Self.allColumns, runs)
                : MarkdownTable.text(Self.columns, runs))
    }

    private static let columns: [Column<StoredRun>] = [
        Column("id") { .text($0.shortID) },
        Column("started") { .text($0.startedAt) },
        Column("model") { .text(visible($0.model)) },
        Column("precision") { .text(visible($0.precision)) },
        Column("machine") { Value($0.machine.map { visible(String($0.prefix(8))) }) },
        Column("version") { .text(visible($0.toolVersion)) },
        Column("status") { .text(visible($0.status)) },
        Column("points") {
            .text(
                "\($0.points)" + ($0.notRun > 0 ? " of \($0.points + $0.notRun)" : "")
                    + ($0.failures > 0 ? ", \($0.failures) not ok" : ""))
        },
        Column("report") { .text(visible($0.directory)) },
    ]

    private static let allColumns: [Column<StoredRun>] = [
        Column("id") { .text($0.id) },
        Column("started_at") { .text($0.startedAt) },
        Column("finished_at") { Value($0.finishedAt) },
        Column("status") { .text($0.status) },
        Column("tool_version") { .text($0.toolVersion) },
        Column("build") { .text($0.build) },
        Column("engine") { .text($0.engine) },
        Column("model") { .text($0.model) },
        Column("precision") { .text($0.precision) },
        Column("device") { .text($0.device) },
        Column("machine") { Value($0.machine) },
        Column("directory") { .text($0.directory) },
        Column("added_at") { .text($0.addedAt) },
        Column("points") { .integer($0.points) },
        Column("failures") { .integer($0.failures) },
        Column("not_run") { .integer($0.notRun) },
    ]
}
