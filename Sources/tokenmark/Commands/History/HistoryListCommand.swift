internal import ArgumentParser
internal import History
internal import Reporting
internal import Suite

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

    @Flag(help: ArgumentHelp("What --format json was called once.", visibility: .hidden))
    var json = false

    @OptionGroup var formatOptions: FormatOptions
    @OptionGroup var options: HistoryOptions

    func run() throws {
        var formatOptions = formatOptions
        if json {
            guard formatOptions.format ?? "json" == "json" else {
                throw UsageError("--json is --format json: leave out one of them")
            }
            formatOptions.format = "json"
        }
        let name = "runs"
        let choice = try formatOptions.choice(of: [name])
        let filter = try filterOptions.filter
        let runs = try options.open().runs(filter)
        var document = ReportDocument(
            title: "Runs", tables: [ReportTable(name, Self.allColumns(runs), runs)])
        document.markdown = { MarkdownTable.text(Self.columns(runs), runs) }
        try formatOptions.give(document, as: choice)
    }

    /// What a terminal has room for; labels where there are some.
    private static func columns(_ runs: [StoredRun]) -> [Column<StoredRun>] {
        let labels = Column<StoredRun>("labels") { run in
            .text(
                visible(
                    run.labels.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                        .joined(separator: ", ")))
        }
        return usualColumns + (runs.allSatisfy { $0.labels.isEmpty } ? [] : [labels])
    }

    private static let usualColumns: [Column<StoredRun>] = [
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

    /// All that is kept of a run, and a column `label.KEY` for each label that one of them has.
    private static func allColumns(_ runs: [StoredRun]) -> [Column<StoredRun>] {
        facts
            + StoredRun.labelKeys(of: runs).map { key in
                Column("label.\(key)") { Value($0.labels[key]) }
            }
    }

    private static let facts: [Column<StoredRun>] = [
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
