internal import ArgumentParser

/// `tokenmark history`: the results of many runs in one database.
struct HistoryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "history",
        abstract: "Keeps the results of many runs in one database.",
        discussion: """
            A run is kept with its manifest, a row for each point and every sample, so that it can be \
            shown and compared when its report is gone. Several processes may add at once. The \
            database is SQLite: tables runs, points, samples and labels.

            Example: tokenmark history add reports/*
            """,
        subcommands: [
            HistoryAddCommand.self, HistoryListCommand.self, HistoryShowCommand.self,
            HistoryPlotCommand.self, HistoryCompareCommand.self, HistoryExportCommand.self,
            HistoryPruneCommand.self,
        ]
    )
}
