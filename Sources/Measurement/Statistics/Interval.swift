/// Where a value lies: between two numbers, both included.
public struct Interval: Equatable, Sendable, Codable {
    /// The lower end.
    public let low: Double
    /// The upper end.
    public let high: Double

    /// Takes both ends.
    ///
    /// - Precondition: `low` is not above `high`.
    public init(low: Double, high: Double) {
        precondition(low <= high, "no interval \(low) to \(high)")
        self.low = low
        self.high = high
    }

    /// Whether the value lies in it.
    public func contains(_ value: Double) -> Bool { low <= value && value <= high }

    /// Half the width as a share of a value within it: 0.02 is ± 2 %.
    ///
    /// 0 for an interval without width, infinite around 0.
    public func relativeHalfWidth(around value: Double) -> Double {
        low == high ? 0 : (high - low) / 2 / abs(value)
    }
}
