import Basics
import CLinuxShims

/// Measures the frequency of the core it runs on, where no counter may be read, as on most virtual
/// machines.
///
/// Each addition waits for the one before and takes one cycle on every core of the last decades,
/// so the time of a chain of them is a number of cycles. One chain leaves most of the core idle: a
/// busy SMT sibling hardly slows it.
package enum FrequencyProbe {
    /// Instructions of a chain: 44 µs at 3 GHz, in which a clock that is read to 50 ns is off by a
    /// thousandth.
    private static let chainLength = 1 << 17
    private static let tries = 8

    /// The cycles per second of the calling thread's core, from the fastest of some tries.
    ///
    /// Takes less than 1 ms, of which each try is short enough for one of them, as a rule, to run
    /// through without an interruption.
    package static func hertz() -> Double {
        var least = UInt64.max
        for _ in 0..<tries {
            let start = Clock.now()
            cls_run_chain(UInt64(chainLength))
            least = min(least, Clock.now() - start)
        }
        return Double(chainLength) / Double(max(1, least)) * 1e9
    }
}
