internal import Basics
internal import Glibc

/// How many times the median of one set of values is that of another, and how sure that is.
///
/// The interval is the percentile bootstrap: both sets are drawn anew from themselves, and the middle
/// 95 % of the ratios of their medians are kept. Medians are what the percentile bootstrap does well
/// at few values, where intervals that need a standard error do not: the median of a resample often
/// stands still. It is on the wide side: at 5 to 20 values it covers 95 to 98 %.
///
/// Source: Wilcox, Comparing Medians, Computational Statistics & Data Analysis 51 (2006); Efron,
/// Bootstrap Methods, Annals of Statistics 7 (1979).
public struct RatioInterval: Equatable, Sendable {
    /// Two sets of values to divide, all above 0.
    public struct Pair: Sendable {
        /// What is divided.
        public let numerator: [Double]
        /// What it is divided by.
        public let denominator: [Double]

        /// Takes both sets.
        public init(_ numerator: [Double], over denominator: [Double]) {
            self.numerator = numerator
            self.denominator = denominator
        }
    }

    /// The ratio of the medians; of several pairs the geometric mean of theirs.
    public let ratio: Double
    /// Nil if a set has fewer than ``fewest`` values.
    public let interval: Interval?

    /// Fewer values have too few medians for an interval of 95 %.
    public static let fewest = 5

    /// Divides one set by another; nil if one is empty or has a value that is not above 0.
    ///
    /// - Parameter seed: The same seed gives the same interval.
    /// - Complexity: O(resamples · n).
    public init?(
        _ numerator: [Double], over denominator: [Double], confidence: Double = 0.95,
        resamples: Int = 10_000, seed: UInt64 = 0
    ) {
        self.init(
            geometricMeanOf: [Pair(numerator, over: denominator)], confidence: confidence,
            resamples: resamples, seed: seed)
    }

    /// The geometric mean of the ratios of several pairs; nil if there are none, or one of them has no
    /// ratio.
    ///
    /// All pairs are drawn anew together, so the interval says what the repetitions leave open, not
    /// what other pairs would have given.
    ///
    /// - Precondition: `confidence` is in 0.5..<1 and `resamples` above 0.
    public init?(
        geometricMeanOf pairs: [Pair], confidence: Double = 0.95, resamples: Int = 10_000,
        seed: UInt64 = 0
    ) {
        precondition((0.5..<1).contains(confidence), "no interval of confidence \(confidence)")
        precondition(resamples > 0, "no bootstrap of \(resamples) resamples")
        guard !pairs.isEmpty,
            pairs.allSatisfy({ pair in
                [pair.numerator, pair.denominator].allSatisfy { values in
                    !values.isEmpty && values.allSatisfy { $0 > 0 && $0.isFinite }
                }
            })
        else { return nil }
        var generator = SplitMix64(seed: seed)
        let medians = pairs.map {
            (ResampledMedian($0.numerator), ResampledMedian($0.denominator))
        }
        let share = 1 / Double(pairs.count)
        ratio = exp(medians.reduce(0) { $0 + log($1.0.value / $1.1.value) } * share)
        guard medians.allSatisfy({ min($0.0.count, $0.1.count) >= Self.fewest }) else {
            interval = nil
            return
        }
        let logarithms = (0..<resamples).map { _ in
            medians.reduce(0) { sum, pair in
                sum + log(pair.0.next(using: &generator) / pair.1.next(using: &generator))
            } * share
        }
        let tail = (1 - confidence) / 2 * 100
        interval = Statistics(logarithms).map {
            Interval(low: exp($0.percentile(tail)), high: exp($0.percentile(100 - tail)))
        }
    }
}
