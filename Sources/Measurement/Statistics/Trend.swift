/// The line through a series that outliers do not move.
///
/// Slope: the median of the slopes of all pairs; intercept: the median of y − slope·x. A long series
/// is first folded into 64 bins of equally many neighbours, each with its mean x and its median y.
///
/// Source: Sen, Estimates of the Regression Coefficient Based on Kendall's Tau, Journal of the
/// American Statistical Association 63 (1968), after Theil (1950).
public struct Trend: Equatable, Sendable {
    /// y a unit of x.
    public let slope: Double
    /// y at x = 0.
    public let intercept: Double

    /// Most points that are paired with each other.
    static let mostBins = 64

    /// Fits a line to values at 0, 1, 2, …; nil if there are fewer than two.
    ///
    /// - Precondition: every value is finite.
    public init?(_ values: [Double]) {
        self.init(through: values.enumerated().map { (x: Double($0.offset), y: $0.element) })
    }

    /// Fits a line to points in any order; nil if they have fewer than two different x.
    ///
    /// - Precondition: every value is finite.
    /// - Complexity: O(n log n).
    public init?(through points: [(x: Double, y: Double)]) {
        let bins = Self.bins(points.sorted { $0.x < $1.x })
        var slopes: [Double] = []
        for (index, left) in bins.enumerated() {
            for right in bins[(index + 1)...] where right.x > left.x {
                slopes.append((right.y - left.y) / (right.x - left.x))
            }
        }
        guard let slope = Statistics(slopes)?.median,
            let intercept = Statistics(bins.map { $0.y - slope * $0.x })?.median
        else { return nil }
        self.slope = slope
        self.intercept = intercept
    }

    private static func bins(_ points: [(x: Double, y: Double)]) -> [(x: Double, y: Double)] {
        guard points.count > mostBins else { return points }
        return (0..<mostBins).compactMap { bin in
            let members = points[
                (bin * points.count / mostBins)..<((bin + 1) * points.count / mostBins)]
            guard let x = Statistics(members.map(\.x)), let y = Statistics(members.map(\.y)) else {
                return nil
            }
            return (x.mean, y.median)
        }
    }
}
