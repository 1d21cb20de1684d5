internal import Reporting

/// How a command ended: what a script that called it has to know.
///
/// Thrown by a command that did its work but does not end with ``done``.
enum ExitStatus: Int32, Error, CaseIterable {
    case done = 0
    case someCellsFailed = 1
    case badInput = 2
    case regression = 3
    case cannotTell = 4
    case hungUp = 129
    case interrupted = 130
    case terminated = 143

    var code: Int32 { rawValue }

    private var meaning: String {
        switch self {
        case .done: "done"
        case .someCellsFailed:
            "done, but some cells failed, a message of a piped chat got no answer, or stdout could "
                + "not be written"
        case .badInput: "bad usage or bad input"
        case .regression:
            "compare found a regression: slower, or ok before and not now"
        case .cannotTell: "compare could not tell anything"
        case .hungUp: "ended by SIGHUP, with everything kept that was measured"
        case .interrupted: "ended by Ctrl-C (SIGINT), with everything kept"
        case .terminated: "ended by SIGTERM, with everything kept"
        }
    }

    /// One line a status, as help prints it.
    static var table: String {
        let lines = allCases.map { "\("\($0.code)".padded(toWidth: 5))\($0.meaning)" }
        return (["Exit status:"] + lines).joined(separator: "\n")
    }
}
