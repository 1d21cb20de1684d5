import Measurement

/// When warming up is over: the last runs took the same time, without a trend.
enum Flatness {
    /// How many runs are looked at.
    static let window = 4
    /// The most that the trend may change from run to run, as a share of their median.
    static let limit = 0.01
    /// More runs than this do not help.
    static let mostRuns = 12

    /// Whether the Theil–Sen slope of the last response times is within the limit.
    static func isReached(_ times: [Double]) -> Bool {
        let last = Array(times.suffix(window))
        guard last.count == window, let trend = Trend(last), let median = Statistics(last)?.median
        else { return false }
        return abs(trend.slope) <= limit * median
    }
}
