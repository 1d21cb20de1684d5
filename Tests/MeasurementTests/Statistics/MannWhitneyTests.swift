import Measurement
import TestSupport
import Testing

struct MannWhitneyTests {
    /// Two of the C(6, 3) = 20 ways are as far apart.
    @Test func threeAgainstThreeCannotBeSure() throws {
        let test = try #require(MannWhitney([1, 2, 3], [4, 5, 6]))
        #expect(test.statistic == 0)
        #expect(test.pValue == 0.1)
    }

    /// By SciPy 1.17, `mannwhitneyu(method="exact")`.
    @Test func withoutTiesIsExact() throws {
        let test = try #require(MannWhitney([1, 4, 2, 9, 7], [3, 11, 12, 8, 10, 6]))
        #expect(test.statistic == 6)
        #expect(abs(test.pValue - 0.12554112554112554) < 1e-12)
        let large = try #require(
            MannWhitney((0..<20).map(Double.init), (0..<20).map { Double($0) + 4.5 }))
        #expect(large.statistic == 120)
        #expect(abs(large.pValue - 0.030411256038764864) < 1e-12)
    }

    /// By listing every way to deal the mean ranks.
    @Test(arguments: [
        ([1.0, 2, 2, 3, 5], [2.0, 3, 4, 4, 6, 7], 0.1341991341991342),
        ([1, 1, 1, 2], [1, 2, 2, 2, 2, 3, 3], 0.09393939393939393),
    ])
    func withTiesIsExact(first: [Double], second: [Double], pValue: Double) throws {
        #expect(abs(try #require(MannWhitney(first, second)).pValue - pValue) < 1e-12)
        #expect(abs(try #require(MannWhitney(second, first)).pValue - pValue) < 1e-12)
    }

    /// By SciPy 1.17, `mannwhitneyu(method="asymptotic")`.
    @Test func largeSetsAreApproximated() throws {
        let first = (1...21).map(Double.init)
        let test = try #require(MannWhitney(first, first.map { $0 + 3.5 }))
        #expect(test.statistic == 153)
        #expect(abs(test.pValue - 0.09190475432879934) < 1e-12)
        let low = (0..<25).map { Double($0 / 3) }
        let high = (3..<23).map { Double($0 / 3) }
        let tied = try #require(MannWhitney(low, high))
        #expect(tied.statistic == 239)
        #expect(abs(tied.pValue - 0.8090071306088124) < 1e-12)
    }

    @Test(arguments: [5, 30])
    func equalsDoNotDiffer(count: Int) throws {
        let values = Array(repeating: 7.0, count: count)
        #expect(try #require(MannWhitney(values, values)).pValue == 1)
    }

    @Test func nothingCannotBeTested() {
        #expect(MannWhitney([], [1]) == nil)
        #expect(MannWhitney([1], []) == nil)
    }

    @Test(arguments: [(0, 9, 1.0), (1, 1, 1), (3, 3, 0.1), (4, 4, 2.0 / 70), (5, 5, 2.0 / 252)])
    func smallestIsTwoOfAllWays(first: Int, second: Int, pValue: Double) {
        #expect(MannWhitney.smallestP(first, second) == pValue)
    }

    @Test(arguments: [(2, 7), (20, 20), (21, 20), (1, 500)])
    func smallestIsReached(first: Int, second: Int) throws {
        let low = (0..<first).map(Double.init)
        let high = (0..<second).map { Double($0 + first) }
        let pValue = try #require(MannWhitney(low, high)).pValue
        let smallest = MannWhitney.smallestP(first, second)
        #expect(abs(pValue - smallest) <= 1e-12 * smallest)
    }

    @Test func holmMatchesHandComputation() {
        // Sorted: 0.01·4, 0.02·3, 0.03·2 no less than 0.06, 0.9·1.
        let adjusted = HolmCorrection.adjusted([0.03, 0.9, 0.01, 0.02])
        for (value, expected) in zip(adjusted, [0.06, 0.9, 0.04, 0.06]) {
            #expect(abs(value - expected) < 1e-12)
        }
        #expect(HolmCorrection.adjusted([0.7, 0.8]) == [1, 1])
        #expect(HolmCorrection.adjusted([]) == [])
    }
}
