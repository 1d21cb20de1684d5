package import Sweep

/// Keeps every event of a sweep.
package final class RecordingProgress: Progress {
    package private(set) var events: [ProgressEvent] = []

    package init() {}

    package func report(_ event: ProgressEvent) {
        events.append(event)
    }

    /// The estimates of the time left, one a repetition.
    package var remainingSeconds: [Double?] {
        events.compactMap {
            if case .repetition(_, _, _, let time) = $0 {
                .some(time.remainingSeconds)
            } else {
                nil
            }
        }
    }

    /// The time at every repetition.
    package var times: [SweepTime] {
        events.compactMap { if case .repetition(_, _, _, let time) = $0 { time } else { nil } }
    }

    package var warnings: [String] {
        events.compactMap { if case .warning(let text) = $0 { text } else { nil } }
    }
}
