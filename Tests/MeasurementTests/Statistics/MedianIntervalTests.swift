import Measurement
import TestSupport
import Testing

struct MedianIntervalTests {
    /// Of 6 values γ(1) = 1 − 2/64 and γ(2) = 1 − 14/64, so I = 0.1 and λ = 5·0.1 / (1 + 4·0.1) = 5/14.
    @Test func sixValuesMatchHandComputation() throws {
        let interval = try #require(Statistics([1, 2, 4, 8, 16, 32])?.medianInterval())
        #expect(abs(interval.low - (1 + 5.0 / 14)) < 1e-12)
        #expect(abs(interval.high - (32 - 5.0 / 14 * 16)) < 1e-12)
    }

    /// Of 10 values γ(2) = 1 − 22/1024 and γ(3) = 1 − 112/1024: d is 2.
    @Test func tenValuesMatchHandComputation() throws {
        let interval = try #require(Statistics((1...10).map(Double.init))?.medianInterval())
        let share = (1 - 22.0 / 1024 - 0.95) / (90.0 / 1024)
        let inward = 8 * share / (2 + 6 * share)
        #expect(abs(interval.low - (2 + inward)) < 1e-12)
        #expect(abs(interval.high - (9 - inward)) < 1e-12)
    }

    @Test(arguments: 1...5)
    func tooFewValuesHaveNone(count: Int) throws {
        let values = (0..<count).map(Double.init)
        #expect(try #require(Statistics(values)).medianInterval() == nil)
        #expect(count < Statistics.fewestForInterval)
    }

    @Test func lessConfidenceNeedsFewerValues() throws {
        let statistics = try #require(Statistics([1, 2, 3, 4]))
        let interval = try #require(statistics.medianInterval(confidence: 0.875))
        #expect(abs(interval.low - 1) < 1e-12 && abs(interval.high - 4) < 1e-12)
    }

    /// 2⁻ⁿ is less than the least Double; the ends are at (n ∓ 1.96·√n)/2.
    @Test func manyValuesHaveANarrowOne() throws {
        let count = 100_000
        let interval = try #require(Statistics((0..<count).map(Double.init))?.medianInterval())
        #expect(abs(interval.low - (50_000 - 309.9)) < 1.5)
        #expect(abs(interval.high - (50_000 + 309.9 - 1)) < 1.5)
    }

    @Test(arguments: [6, 10, 30], Distribution.allCases)
    func coversTheTrueMedian(count: Int, distribution: Distribution) throws {
        var random = NormalNumbers(seed: 1)
        let experiments = 2000
        let hits = try (0..<experiments).count { _ in
            let values = (0..<count).map { _ in distribution.draw(&random) }
            return try #require(Statistics(values)?.medianInterval()).contains(distribution.median)
        }
        let coverage = Double(hits) / Double(experiments)
        #expect((0.93...0.97).contains(coverage), "\(distribution) of \(count): \(coverage)")
    }

    @Test func halfWidthIsAShareOfTheValue() {
        let interval = Interval(low: 98, high: 102)
        #expect(interval.relativeHalfWidth(around: 100) == 0.02)
        #expect(interval.relativeHalfWidth(around: -100) == 0.02)
        #expect(interval.relativeHalfWidth(around: 0) == .infinity)
        #expect(Interval(low: 0, high: 0).relativeHalfWidth(around: 0) == 0)
    }
}
