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
            if case .repetition(_, _, _, _, _, let seconds) = $0 { .some(seconds) } else { nil }
        }
    }

    package var warnings: [String] {
        events.compactMap { if case .warning(let text) = $0 { text } else { nil } }
    }
}
