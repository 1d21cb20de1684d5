/// How a point, and with it its row, came out.
package enum Status: String, Codable, Sendable, CaseIterable {
    /// Every repetition that ran was measured.
    case ok
    /// It went wrong; the reason says how.
    case failed
    /// It cannot run here; the reason says why.
    case skipped
    /// It needed more memory than there was, or than it was given.
    case oom
    /// It did not end in the time that a cell has.
    case timeout
    /// The process it ran in died; the reason names the signal or the exit status.
    case crash
    /// It was planned, and the sweep ended before it began.
    case notRun = "not_run"

    /// The status that an error gives a point.
    package init(of error: any Error) {
        self = (error as? any PointStatusError)?.status ?? .failed
    }
}
