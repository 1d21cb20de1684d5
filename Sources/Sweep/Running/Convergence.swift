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
        widestInterval(of: samples).map { $0 <= relativeHalfWidth } ?? false
    }

    /// Whether another repetition is not worth it, or not allowed.
    func isOver(after samples: [Sample]) -> Bool {
        let seconds = samples.reduce(0) { $0 + $1.methodNanoseconds } / 1e9
        return samples.count >= Self.mostRepetitions || (!samples.isEmpty && seconds >= maxSeconds)
            || isReached(by: samples)
    }

    /// How many repetitions are still needed, going by the interval so far, whose width falls with
    /// the root of their number; nil where there is none yet.
    func repetitionsLeft(after samples: [Sample]) -> Int? {
        guard let width = widestInterval(of: samples), width.isFinite else { return nil }
        let count = Double(samples.count)
        let seconds = samples.reduce(0) { $0 + $1.methodNanoseconds } / 1e9
        let ratio = width / relativeHalfWidth
        let most = [
            Double(Self.mostRepetitions), count * ratio * ratio, count * maxSeconds / seconds,
        ]
        let least = max(0, most.filter(\.isFinite).min() ?? 0)
        return max(1, Int(least.rounded(.up)) - samples.count)
    }

    /// Half the width of the widest of the three intervals, as a share of its median; nil where one
    /// cannot be told.
    private func widestInterval(of samples: [Sample]) -> Double? {
        guard let summary = Summary(samples) else { return nil }
        var widest = 0.0
        for metric in [\Sample.ttft, \.tpot, \.responseTime] {
            guard let statistics = summary.statistics(of: metric) else { continue }
            guard let interval = statistics.medianInterval() else { return nil }
            widest = max(widest, interval.relativeHalfWidth(around: statistics.median))
        }
        return widest
    }

    private enum CodingKeys: String, CodingKey {
        case relativeHalfWidth = "relative_half_width"
        case maxSeconds = "max_s"
    }
}
