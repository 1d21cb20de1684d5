internal import Glibc

/// What joins ranks on hosts of their own.
package struct Link: Equatable, Sendable {
    /// Seconds until the first byte of a message is there.
    package let latency: Double
    package let bytesPerSecond: Double

    /// - Parameters:
    ///   - gigabits: a second, in each direction at once.
    ///   - microseconds: until the first byte is there.
    package init(gigabits: Double, microseconds: Double) {
        bytesPerSecond = gigabits * 1e9 / 8
        latency = microseconds * 1e-6
    }

    /// Seconds of some all-reduces of `bytes` together, in ranks on hosts of their own.
    ///
    /// With α the latency and β the rate, n bytes in R ranks take ⌈log₂ R⌉ · α + (R − 1) · n/β where each
    /// gathers those of all, and (1 + ⌈log₂ R⌉) · α + 2 · (R − 1)/R · n/β where each adds up a part: the
    /// two ways of `HostSums`, of which it takes the faster one. Rounds of a gathering are those of
    /// Thakur, Rabenseifner and Gropp, "Optimization of Collective Communication Operations in MPICH",
    /// 2005; additions are left out.
    package func allReduces(_ count: Double, bytes: Double, ranks: Int) -> Double {
        guard ranks > 1 else { return 0 }
        let rounds = log2(Double(ranks)).rounded(.up)
        let once = bytes / bytesPerSecond
        let others = Double(ranks - 1)
        let gathering = rounds * count * latency + others * once
        let dealing = (1 + rounds) * count * latency + 2 * others / Double(ranks) * once
        return min(gathering, dealing)
    }
}
