import Measurement

/// The times of a call, predicted or measured; nil where they are not known.
package struct CallTimes: Equatable, Sendable {
    /// TTFT in milliseconds.
    package var ttft: Double?
    /// TPOT in milliseconds.
    package var tpot: Double?
    /// Tokens a second end to end.
    package var outputRate: Double?

    package init(ttft: Double? = nil, tpot: Double? = nil, outputRate: Double? = nil) {
        self.ttft = ttft
        self.tpot = tpot
        self.outputRate = outputRate
    }

    /// What the repetitions of a point say: medians, and the ratio of the sums.
    init?(_ samples: [Sample]) {
        guard let summary = Summary(samples) else { return nil }
        self.init(
            ttft: summary.statistics(of: \.ttft)?.median,
            tpot: summary.statistics(of: \.tpot)?.median, outputRate: summary.outputRate)
    }
}
