internal import ArgumentParser
internal import History
internal import Reporting

/// Which runs of a history are meant.
struct RunFilterOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Only runs of this model.", valueName: "name"))
    var model: String?

    @Option(help: ArgumentHelp("Only runs in this precision.", valueName: "name"))
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

    var filter: RunFilter {
        get throws(UsageError) {
            RunFilter(model: model, precision: precision, machine: machine, since: try time)
        }
    }

    private var time: Timestamp? {
        get throws(UsageError) {
            guard let since else { return nil }
            guard
                let time = Timestamp(iso8601: since) ?? Timestamp(iso8601: "\(since)T00:00:00Z")
            else {
                throw UsageError(
                    "--since \(since) is not a day or a time in UTC; write 2026-01-31 or "
                        + "2026-01-31T12:00:00Z")
            }
            return time
        }
    }
}
