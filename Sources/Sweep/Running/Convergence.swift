package import Measurement

/// Repeating a point until it is known well enough.
///
/// A sequential procedure of fixed width: it looks after every repetition, and ends when the intervals
/// of the medians are narrow (Chow and Robbins, On the Asymptotic Theory of Fixed-Width Sequential
/// Confidence Intervals for the Mean, Annals of Mathematical Statistics 36, 1965). Ending at a narrow
/// interval chooses among intervals: of those that hold the median in 95 % of experiments of a fixed
/// size, 91 % do where it ends. So every look, and the report, takes the interval of a higher nominal
/// ``confidence``, the same at every look, as Pocock's rule has it (Group Sequential Methods in the
/// Design and Analysis of Clinical Trials, Biometrika 64, 1977). Simulated over laws, noises and
/// widths, 95 to 98 % of those hold the median where it ends.
package struct Convergence: Equatable, Codable, Sendable {
    /// Half the width of the interval of a median, as a share of the median.
    package var relativeHalfWidth: Double
    /// What the calls of a point may take together, once it has run as often as it must.
    package var maxSeconds: Double
    /// No point is repeated more often than this, however short its calls are.
    package var mostRepetitions: Int

    package init(
        relativeHalfWidth: Double, maxSeconds: Double = 60,
        mostRepetitions: Int = Self.mostRepetitions
    ) {
        self.relativeHalfWidth = relativeHalfWidth
        self.maxSeconds = maxSeconds
        self.mostRepetitions = mostRepetitions
    }

    /// ``mostRepetitions`` where nothing else is said.
    package static let mostRepetitions = 1000

    /// The nominal confidence of an interval that holds the median in 95 % of the experiments that
    /// end when it is narrow.
    package static let confidence = 0.975

    /// Fewer repetitions have no interval of that ``confidence``: two halves to the power of 6 are 3 %.
    package static let fewestRepetitions = 7

    /// Whether time to first token, time per token and response time are all known that well.
    package func isReached(by samples: [Sample]) -> Bool {
        widestInterval(of: samples).map { $0 <= relativeHalfWidth } ?? false
    }

    /// Whether another repetition is not worth it, or not allowed.
    func isOver(after samples: [Sample]) -> Bool {
        let seconds = samples.reduce(0) { $0 + $1.methodNanoseconds } / 1e9
        return samples.count >= mostRepetitions || (!samples.isEmpty && seconds >= maxSeconds)
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
            Double(mostRepetitions), count * ratio * ratio, count * maxSeconds / seconds,
        ]
        let least = max(0, most.filter(\.isFinite).min() ?? 0)
        return max(1, Int(least.rounded(.up)) - samples.count)
    }

    /// Half the width of the widest of the three intervals, as a share of its median; nil where one
    /// cannot be told.
    private func widestInterval(of samples: [Sample]) -> Double? {
        guard let summary = Summary(samples) else { return nil }
        var widest = 0.0
        for metric in JudgedMetric.all {
            guard let statistics = summary.statistics(of: metric.path) else { continue }
            guard let interval = statistics.medianInterval(confidence: Self.confidence) else {
                return nil
            }
            widest = max(widest, interval.relativeHalfWidth(around: statistics.median))
        }
        return widest
    }
}

/// A metric whose median must be known for the numbers of a point to be: the same to a sweep that
/// repeats until they are, and to the verdict of its report.
package struct JudgedMetric {
    /// As columns have it.
    package let name: String
    /// As a text has it.
    package let words: String
    package let path: KeyPath<Sample, Double?>

    package static var all: [JudgedMetric] {
        [
            JudgedMetric(name: "ttft", words: "TTFT", path: \.ttft),
            JudgedMetric(name: "tpot", words: "TPOT", path: \.tpot),
            JudgedMetric(name: "response_time", words: "response time", path: \.responseTime),
        ]
    }
}

// MARK: - In files

extension Convergence {
    private enum CodingKeys: String, CodingKey {
        case relativeHalfWidth = "relative_half_width"
        case maxSeconds = "max_s"
        case mostRepetitions = "most_repetitions"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            relativeHalfWidth: try container.decode(Double.self, forKey: .relativeHalfWidth),
            maxSeconds: try container.decode(Double.self, forKey: .maxSeconds),
            mostRepetitions: try container.decodeIfPresent(Int.self, forKey: .mostRepetitions)
                ?? Self.mostRepetitions)
    }
}
