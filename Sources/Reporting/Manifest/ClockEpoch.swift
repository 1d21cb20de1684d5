import Basics
import Glibc
import Measurement

/// Where the stamps of `samples.jsonl` lie in the calendar: the same moment on both clocks.
package struct ClockEpoch: Codable, Equatable, Sendable {
    package var monotonicNanoseconds: UInt64
    package var unixNanoseconds: UInt64

    package init(monotonicNanoseconds: UInt64, unixNanoseconds: UInt64) {
        self.monotonicNanoseconds = monotonicNanoseconds
        self.unixNanoseconds = unixNanoseconds
    }

    /// This moment.
    package static var now: ClockEpoch {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return ClockEpoch(
            monotonicNanoseconds: Clock.now(),
            unixNanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    private enum CodingKeys: String, CodingKey {
        case monotonicNanoseconds = "monotonic_ns"
        case unixNanoseconds = "unix_ns"
    }
}
