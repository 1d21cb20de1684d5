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
    package func broken(by sample: Sample) -> String? {
        let limits = [("TTFT", sample.ttft, ttft), ("TPOT", sample.tpot, tpot)]
        for (name, value, limit) in limits {
            if let value, let limit, value > limit {
                let tenths = (value * 10).rounded() / 10
                return "\(name) of \(tenths) ms is over the limit of \(limit) ms"
            }
        }
        return nil
    }
}
