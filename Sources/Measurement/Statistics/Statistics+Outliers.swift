extension Statistics {
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
