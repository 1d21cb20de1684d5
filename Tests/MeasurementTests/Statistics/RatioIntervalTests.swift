import Foundation
import Measurement
import TestSupport
import Testing

struct RatioIntervalTests {
    @Test func ratioIsThatOfTheMedians() throws {
        let ratio = try #require(RatioInterval([3, 1, 2], over: [10, 4, 6, 1000]))
        #expect(abs(ratio.ratio - 0.25) < 1e-12)
        #expect(ratio.interval == nil)
    }

    @Test func sameSeedSameInterval() throws {
        let first = try #require(
            RatioInterval([9, 10, 11, 12, 13], over: [5, 6, 7, 8, 9], seed: 4))
        let again = try #require(
            RatioInterval([9, 10, 11, 12, 13], over: [5, 6, 7, 8, 9], seed: 4))
        #expect(first == again)
        #expect(try #require(first.interval).contains(first.ratio))
    }

    /// A median of five drawn from 1…5 is 1 with a chance of 5.8 %, so more than 2.5 % of the ratios to
    /// a constant are at each end.
    @Test func fiveValuesGiveTheirRange() throws {
        let ratio = try #require(
            RatioInterval([1, 2, 3, 4, 5], over: Array(repeating: 2, count: 5)))
        let interval = try #require(ratio.interval)
        #expect(abs(interval.low - 0.5) < 1e-12 && abs(interval.high - 2.5) < 1e-12)
    }

    @Test(arguments: [[], [0.0], [1, -1]])
    func whatIsNotAboveZeroHasNoRatio(values: [Double]) {
        #expect(RatioInterval(values, over: [1]) == nil)
        #expect(RatioInterval([1], over: values) == nil)
        #expect(RatioInterval(geometricMeanOf: []) == nil)
    }

    @Test func geometricMeanOfDoubleAndHalfIsOne() throws {
        let (low, high) = ([1.0, 1.01, 1.02, 1.03, 1.04], [2.0, 2.02, 2.04, 2.06, 2.08])
        let mean = try #require(
            RatioInterval(
                geometricMeanOf: [.init(low, over: high), .init(high, over: low)]))
        #expect(abs(mean.ratio - 1) < 1e-12)
        let interval = try #require(mean.interval)
        #expect(interval.contains(1) && interval.high < 1.04 && interval.low > 0.96)
    }

    /// Within what 1,000 experiments let wander; wider than asked at few values, as it says.
    @Test(arguments: [5, 10, 20], [Distribution.normal, .logNormal])
    func coversTheTrueRatio(count: Int, distribution: Distribution) throws {
        var random = NormalNumbers(seed: 2)
        let experiments = 1000
        let hits = try (0..<experiments).count { index in
            let first = (0..<count).map { _ in 1.1 * distribution.draw(&random) }
            let second = (0..<count).map { _ in distribution.draw(&random) }
            let ratio = RatioInterval(
                first, over: second, resamples: 1000, seed: UInt64(index))
            return try #require(ratio?.interval).contains(1.1)
        }
        let coverage = Double(hits) / Double(experiments)
        #expect((0.94...0.985).contains(coverage), "\(distribution) of \(count): \(coverage)")
    }
}
