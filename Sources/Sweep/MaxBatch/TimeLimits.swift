package import Basics
package import Measurement

/// What a batch may take at most, in milliseconds; nil where it does not matter.
package struct TimeLimits: Equatable, Sendable {
    package var ttft: Double?
    package var tpot: Double?

    package init(ttft: Double? = nil, tpot: Double? = nil) {
        self.ttft = ttft
        self.tpot = tpot
    }

    package var isEmpty: Bool { ttft == nil && tpot == nil }

    /// The limit that a sample breaks, in words; nil if it keeps all of them.
    package func broken(by sample: Sample) -> Wording? {
        broken(byTTFT: sample.ttft, tpot: sample.tpot)
    }

    /// The same of times in milliseconds; nil where there is none.
    package func broken(byTTFT measuredTTFT: Double?, tpot measuredTPOT: Double?) -> Wording? {
        let limits = [("TTFT", measuredTTFT, ttft), ("TPOT", measuredTPOT, tpot)]
        for (name, value, limit) in limits {
            if let value, let limit, value > limit {
                let tenths = (value * 10).rounded() / 10
                return Wording(
                    en: "\(name) of \(tenths) ms is over the limit of \(limit) ms",
                    zh: "\(name) \(tenths) ms 超过限值 \(limit) ms")
            }
        }
        return nil
    }
}
