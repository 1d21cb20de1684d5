import Glibc

/// Which of the seven colours of a heat map each of its values has: equal ratios are equal steps.
///
/// The colours span at least a factor of 1.5, so that noise does not look like a difference.
struct HeatColours {
    private static let levels = 7
    private static let leastSpan = 1.5

    /// Natural logarithms.
    private let least: Double
    private let span: Double

    /// - Parameter values: Those that are not above 0 have the first colour.
    init(_ values: [Double]) {
        let logarithms = values.filter { $0 > 0 && $0.isFinite }.map { log($0) }
        least = logarithms.min() ?? 0
        span = max((logarithms.max() ?? 0) - least, log(Self.leastSpan))
    }

    /// Counted from 0.
    func level(of value: Double) -> Int {
        guard value > 0, value.isFinite else { return 0 }
        return min(Self.levels - 1, Int((log(value) - least) / span * Double(Self.levels)))
    }
}
