internal import Glibc

/// The test of Mann and Whitney, which asks whether the values of one set tend to be the larger ones.
///
/// Up to 400 pairs (20 values against 20) the p-value is exact, also with ties: every way to deal the
/// pooled ranks, ties sharing their mean rank, is counted by the shift algorithm (Streitberg and
/// Röhmel, Exact Distributions for Permutation and Rank Tests, 1986). Above that it is the normal
/// approximation with the corrections for ties and for continuity.
///
/// Source: Mann and Whitney, On a Test of Whether One of Two Random Variables is Stochastically
/// Larger than the Other, Annals of Mathematical Statistics 18 (1947).
public struct MannWhitney: Equatable, Sendable {
    /// The pairs whose first value is the larger one; a tie counts a half.
    public let statistic: Double
    /// Two-sided: the chance of a statistic at least as far from its middle if both sets are drawn
    /// from the same distribution.
    public let pValue: Double

    /// Most pairs that are dealt exactly.
    static let mostExactPairs = 400

    /// Holds two sets against each other; nil if one is empty.
    ///
    /// - Precondition: every value is finite.
    public init?(_ first: [Double], _ second: [Double]) {
        guard !first.isEmpty, !second.isEmpty else { return nil }
        precondition((first + second).allSatisfy(\.isFinite), "ranks need finite values")
        let ranks = PooledRanks(first, second)
        let least = first.count * (first.count + 1)
        statistic = Double(ranks.doubledSumOfFirst - least) / 2
        pValue =
            first.count * second.count <= Self.mostExactPairs
            ? Self.exactP(ranks, first.count, second.count)
            : Self.approximateP(
                distance: abs(statistic - Double(first.count * second.count) / 2),
                first.count, second.count, tieGroups: ranks.tieGroups)
    }

    /// The least p-value that sets of so many values without ties can reach; 1 if one is empty.
    public static func smallestP(_ first: Int, _ second: Int) -> Double {
        guard first > 0, second > 0 else { return 1 }
        guard first * second <= mostExactPairs else {
            return approximateP(
                distance: Double(first * second) / 2, first, second, tieGroups: [])
        }
        return min(1, 2 / ways(toChoose: min(first, second), of: first + second))
    }

    private static func ways(toChoose chosen: Int, of count: Int) -> Double {
        (0..<chosen).reduce(1) { ways, index in
            ways * Double(count - index) / Double(index + 1)
        }
    }

    /// The share of all ways to deal the ranks that come out at least as far from the middle.
    private static func exactP(_ ranks: PooledRanks, _ first: Int, _ second: Int) -> Double {
        // The smaller set has fewer sums; which one is dealt does not matter to both sides together.
        let dealt = min(first, second)
        let total = ranks.doubled.reduce(0, +)
        let sum = first <= second ? ranks.doubledSumOfFirst : total - ranks.doubledSumOfFirst
        let largest = ranks.doubled.suffix(dealt).reduce(0, +)
        // ways[k][s]: how many choices of k ranks have the doubled sum s.
        var ways = Array(repeating: [Double](repeating: 0, count: largest + 1), count: dealt + 1)
        ways[0][0] = 1
        for (index, rank) in ranks.doubled.enumerated() {
            for chosen in stride(from: min(dealt, index + 1), through: 1, by: -1) {
                let fewer = ways[chosen - 1]
                for sum in stride(from: rank, through: largest, by: 1) {
                    ways[chosen][sum] += fewer[sum - rank]
                }
            }
        }
        // Doubled again, so that the middle is whole: dealt·(N + 1) is the doubled mean sum.
        let middle = dealt * (first + second + 1)
        let distance = abs(sum - middle)
        let far = ways[dealt].enumerated().reduce(0.0) {
            abs($1.offset - middle) >= distance ? $0 + $1.element : $0
        }
        return min(1, far / ways[dealt].reduce(0, +))
    }

    /// - Parameter tieGroups: How many values share each rank that is shared.
    private static func approximateP(
        distance: Double, _ first: Int, _ second: Int, tieGroups: [Int]
    ) -> Double {
        let (n, m) = (Double(first), Double(second))
        let all = n + m
        let ties = tieGroups.reduce(0.0) { $0 + Double($1) * (Double($1) * Double($1) - 1) }
        let variance = n * m / 12 * (all + 1 - ties / (all * (all - 1)))
        guard variance > 0 else { return 1 }
        return min(1, erfc(max(0, distance - 0.5) / (2 * variance).squareRoot()))
    }
}

/// The ranks of two sets of values thrown together, doubled so that the mean rank of ties is whole.
struct PooledRanks {
    /// Of all values, in ascending order.
    private(set) var doubled: [Int] = []
    private(set) var doubledSumOfFirst = 0
    /// How many values share each rank that more than one has.
    private(set) var tieGroups: [Int] = []

    init(_ first: [Double], _ second: [Double]) {
        let pooled =
            (first.map { (value: $0, isFirst: true) }
            + second.map { (value: $0, isFirst: false) })
            .sorted { $0.value < $1.value }
        var start = 0
        while start < pooled.count {
            let end =
                pooled[start...].firstIndex { $0.value != pooled[start].value } ?? pooled.count
            // Ranks start + 1 … end.
            let rank = start + 1 + end
            doubled += Array(repeating: rank, count: end - start)
            doubledSumOfFirst += rank * pooled[start..<end].count(where: \.isFirst)
            if end - start > 1 { tieGroups.append(end - start) }
            start = end
        }
    }
}
