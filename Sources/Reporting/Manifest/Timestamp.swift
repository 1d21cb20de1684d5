import Glibc

/// A moment of the calendar, in UTC: for naming and dating reports, never for timing.
package struct Timestamp: Equatable, Sendable {
    /// Seconds since 1970.
    package let seconds: Int

    package init(seconds: Int) {
        self.seconds = seconds
    }

    /// This moment.
    package static var now: Timestamp { Timestamp(seconds: time(nil)) }

    /// ISO 8601: `2024-05-01T12:30:00Z`.
    package var iso8601: String { format("%Y-%m-%dT%H:%M:%SZ") }

    /// For file names, which sort by time: `20240501T123000Z`.
    package var fileName: String { format("%Y%m%dT%H%M%SZ") }

    private func format(_ pattern: String) -> String {
        var clock: time_t = seconds
        var calendar = tm()
        gmtime_r(&clock, &calendar)
        var text = [CChar](repeating: 0, count: 64)
        strftime(&text, text.count, pattern, &calendar)
        return text.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
