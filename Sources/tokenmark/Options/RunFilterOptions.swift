internal import ArgumentParser
internal import History
internal import Qwen
internal import Reporting
internal import Suite

/// Which runs of a history are meant.
struct RunFilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only runs of this model.", valueName: "name"))
    var model: String?

    @Option(
        help: ArgumentHelp("Only runs in this precision.", valueName: "name"),
        completion: Precision.defaultCompletionKind)
    var precision: String?

    @Option(
        help: ArgumentHelp(
            "Only runs on this machine: its comparability key, or the beginning of it.",
            valueName: "key"))
    var machine: String?

    @Option(
        help: ArgumentHelp(
            "Only runs that began then or later: 2026-01-31 or 2026-01-31T12:00:00Z.",
            valueName: "time"))
    var since: String?

    @Option(
        help: ArgumentHelp(
            "Only runs with this label; can be given again, for runs that have all of them.",
            valueName: "key=value"))
    var label: [String] = []

    var filter: RunFilter {
        get throws(UsageError) {
            RunFilter(
                model: model, precision: precision, machine: machine,
                since: try Timestamp(given: since, as: "--since"), labels: try Labels.given(label))
        }
    }
}

extension Timestamp {
    /// A day or a time in UTC as a user writes it; nil of nothing.
    ///
    /// - Parameter option: which it was given with, for the message.
    init?(given text: String?, as option: String) throws(UsageError) {
        guard let text else { return nil }
        guard let time = Timestamp(iso8601: text) ?? Timestamp(iso8601: "\(text)T00:00:00Z") else {
            throw UsageError(
                "\(option) \(text) is not a day or a time in UTC; write 2026-01-31 or "
                    + "2026-01-31T12:00:00Z")
        }
        self = time
    }
}
