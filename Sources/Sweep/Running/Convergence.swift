package import Measurement

/// Repeating a point until it is known well enough.
///
/// A sequential procedure of fixed width: its coverage is that of the interval in the limit of
/// narrow intervals (Chow and Robbins, On the Asymptotic Theory of Fixed-Width Sequential Confidence
/// Intervals for the Mean, 1965), and somewhat less where it stops early.
package struct Convergence: Equatable, Codable, Sendable {
    /// Half the width of the 95 % interval of a median, as a share of the median.
    package var relativeHalfWidth: Double
    /// What the calls of a point may take together; at least one is run.
    package var maxSeconds: Double

    package init(relativeHalfWidth: Double, maxSeconds: Double = 60) {
        self.relativeHalfWidth = relativeHalfWidth
        self.maxSeconds = maxSeconds
    }

    /// No point needs more repetitions than this, however short its calls are.
    package static let mostRepetitions = 1000

    /// Whether time to first token, time per token and response time are all known that well.
    package func isReached(by samples: [Sample]) -> Bool {
        guard let summary = Summary(samples) else { return false }
        return [\Sample.ttft, \.tpot, \.responseTime].allSatisfy { metric in
            guard let statistics = summary.statistics(of: metric) else { return true }
            guard let interval = statistics.medianInterval() else { return false }
            return interval.relativeHalfWidth(around: statistics.median) <= relativeHalfWidth
        }
    }

    /// Whether another repetition is not worth it, or not allowed.
    func isOver(after samples: [Sample]) -> Bool {
        let seconds = samples.reduce(0) { $0 + $1.methodNanoseconds } / 1e9
        return samples.count >= Self.mostRepetitions || (!samples.isEmpty && seconds >= maxSeconds)
            || isReached(by: samples)
    }

    private enum CodingKeys: String, CodingKey {
        case relativeHalfWidth = "relative_half_width"
        case maxSeconds = "max_s"
    }
}
