internal import Glibc

extension Statistics {
    /// Fewer values have no 95 % interval of their median: two halves to the power of 5 are 6 %.
    public static let fewestForInterval = 6

    /// An interval that holds the true median with the confidence, whatever the distribution; nil if
    /// there are too few values for it.
    ///
    /// The d-th value from each end holds the median unless fewer than d of n values fell on one of
    /// its sides, which a fair coin tells: γ(d) = 1 − 2·P(Binomial(n, ½) < d). No d gives exactly the
    /// confidence, so the ends lie between those of the d next above it and of d + 1, at
    /// λ = (n − d)·I / (d + (n − 2d)·I) of the way, where I = (γ(d) − confidence) / (γ(d) − γ(d + 1)).
    /// Valid for values that are independent; of skewed and of two-peaked distributions the coverage
    /// stays within a point or two of the confidence.
    ///
    /// Source: Hettmansperger and Sheather, Confidence Intervals Based on Interpolated Order
    /// Statistics, Statistics & Probability Letters 4 (1986).
    ///
    /// - Precondition: `confidence` is in 0.5..<1.
    /// - Complexity: O(n).
    public func medianInterval(confidence: Double = 0.95) -> Interval? {
        precondition((0.5..<1).contains(confidence), "no interval of confidence \(confidence)")
        let n = Double(count)
        // The logarithm, as 2⁻ⁿ leaves the range of a Double.
        var logProbability = -n * log(2)
        var coverage = 1 - 2 * exp(logProbability)
        guard coverage >= confidence else { return nil }
        var d = 1
        while true {
            logProbability += log((n - Double(d) + 1) / Double(d))
            let next = coverage - 2 * exp(logProbability)
            if next < confidence {
                let share = (coverage - confidence) / (coverage - next)
                let depth = Double(d)
                let inward = (n - depth) * share / (depth + (n - 2 * depth) * share)
                return Interval(
                    low: sorted[d - 1] + inward * (sorted[d] - sorted[d - 1]),
                    high: sorted[count - d] - inward * (sorted[count - d] - sorted[count - d - 1]))
            }
            coverage = next
            d += 1
        }
    }
}
