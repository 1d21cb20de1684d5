/// What a set of values says.
public struct Statistics: Equatable, Sendable {
    /// The values in ascending order; at least one.
    public let sorted: [Double]
    /// Arithmetic mean.
    public let mean: Double
    /// Sample standard deviation, with n − 1; nil for a single value.
    public let standardDeviation: Double?

    /// Takes the values; nil if there are none.
    ///
    /// - Precondition: every value is finite.
    /// - Complexity: O(n log n).
    public init?(_ values: [Double]) {
        guard !values.isEmpty else { return nil }
        precondition(values.allSatisfy(\.isFinite), "statistics need finite values")
        sorted = values.sorted()
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        // Two passes: the difference of the sums of squares would cancel for close values.
        standardDeviation =
            values.count > 1
            ? (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
            : nil
    }

    /// n, the number of values.
    public var count: Int { sorted.count }
    /// The least value.
    public var minimum: Double { sorted[0] }
    /// The greatest value.
    public var maximum: Double { sorted[sorted.count - 1] }
    /// The 50th percentile.
    public var median: Double { percentile(50) }

    /// The median of the distances to the median; unscaled.
    public var medianAbsoluteDeviation: Double {
        let center = median
        let distances = sorted.map { abs($0 - center) }.sorted()
        return Self.percentile(50, ofSorted: distances)
    }

    /// The percentile of type 7: linear between the values at (n − 1)·p/100.
    ///
    /// Source: Hyndman and Fan, Sample Quantiles in Statistical Packages, The American
    /// Statistician 50 (1996); the default of R and NumPy.
    ///
    /// - Precondition: `percent` is within 0…100.
    public func percentile(_ percent: Double) -> Double {
        precondition((0...100).contains(percent), "no percentile \(percent)")
        return Self.percentile(percent, ofSorted: sorted)
    }

    /// The percentile, if there are enough values for one to lie beyond it; otherwise nil.
    ///
    /// p90 needs 10 values, and so does p10; p95 needs 20, p99 100 and p99.9 1000. Below that it is
    /// drawn from the outermost value alone.
    public func supportedPercentile(_ percent: Double) -> Double? {
        let beyond = Double(count) * min(percent, 100 - percent) / 100
        // 1000 × (100 − 99.9) / 100 is a little less than 1 in binary.
        return beyond > 1 - 1e-9 ? percentile(percent) : nil
    }

    private static func percentile(_ percent: Double, ofSorted sorted: [Double]) -> Double {
        let position = Double(sorted.count - 1) * percent / 100
        let lower = Int(position)
        guard lower + 1 < sorted.count else { return sorted[sorted.count - 1] }
        let fraction = position - Double(lower)
        return sorted[lower] + fraction * (sorted[lower + 1] - sorted[lower])
    }

    /// How many values lie so far out that they need a cause: modified z-score above 3.5.
    ///
    /// z = 0.6745·distance / MAD, where the distance is to the median and 0.6745 is the MAD of the
    /// normal distribution. Where more than half of the values are the same, the MAD is 0 and the mean
    /// distance takes its place, with √(2/π) = 0.7979, the mean distance of the normal distribution;
    /// where all are the same, there are none.
    ///
    /// Source: Iglewicz and Hoaglin, How to Detect and Handle Outliers (1993).
    public var outliers: Int {
        let center = median
        let distances = sorted.map { abs($0 - center) }
        let deviation = medianAbsoluteDeviation
        let (scale, constant) =
            deviation > 0
            ? (deviation, 0.6745)
            : (distances.reduce(0, +) / Double(count), 0.797_884_560_802_865)
        return distances.count { constant * $0 > 3.5 * scale }
    }
}
