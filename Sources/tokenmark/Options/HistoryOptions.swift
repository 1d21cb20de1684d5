internal import ArgumentParser
internal import Foundation
internal import History
internal import Suite

/// Which history is meant.
struct HistoryOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The file of the history.",
            discussion: "$TOKENMARK_HISTORY unless given, or tokenmark/history.sqlite in "
                + "$XDG_DATA_HOME or ~/.local/share.",
            valueName: "path"),
        completion: .file())
    var database: String?

    /// Opens it, and makes it where there is none.
    func create() throws -> HistoryDatabase { try HistoryDatabase(creating: path()) }

    /// Opens it where it exists.
    func open() throws -> HistoryDatabase { try HistoryDatabase(existing: path()) }

    private func path() throws -> String {
        let standard = HistoryPath.standard(environment: ProcessInfo.processInfo.environment)
        guard let path = database ?? standard, !path.isEmpty else {
            throw UsageError("no place for a history: give --database, or set TOKENMARK_HISTORY")
        }
        return path
    }
}
