import Glibc

/// Time that runs on evenly, whatever happens to the calendar.
enum MonotonicClock {
    /// Nanoseconds since an arbitrary moment.
    static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
    }
}
