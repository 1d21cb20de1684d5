internal import Glibc

/// The one clock every time of a report comes from.
///
/// `CLOCK_MONOTONIC` never jumps when the date is set. Reading it costs some tens of nanoseconds,
/// which is nothing beside a token and too much inside a kernel.
public enum Clock {
    /// Nanoseconds of `CLOCK_MONOTONIC` since an arbitrary start, usually that of the machine.
    public static func now() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
