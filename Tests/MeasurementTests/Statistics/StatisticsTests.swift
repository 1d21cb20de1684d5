import Measurement
import Testing

struct StatisticsTests {
    @Test func momentsMatchHandComputation() throws {
        let statistics = try #require(Statistics([2, 4, 4, 4, 5, 5, 7, 9]))
        #expect(statistics.count == 8)
        #expect(statistics.mean == 5)
        // Squared distances 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32, over n − 1 = 7.
        #expect(statistics.standardDeviation == (32.0 / 7).squareRoot())
        #expect(statistics.minimum == 2)
        #expect(statistics.maximum == 9)
        #expect(statistics.median == 4.5)
        // Distances to 4.5: 2.5 .5 .5 .5 .5 .5 2.5 4.5.
        #expect(statistics.medianAbsoluteDeviation == 0.5)
    }

    /// Type 7 on 1, 2, 4, 8: position 3·p/100.
    @Test(arguments: [(0.0, 1.0), (25, 1.75), (50, 3), (75, 5), (90, 6.8), (100, 8)])
    func percentileInterpolates(percent: Double, value: Double) throws {
        let statistics = try #require(Statistics([8, 1, 4, 2]))
        #expect(abs(statistics.percentile(percent) - value) < 1e-12)
    }

    @Test func nothingHasNoStatistics() {
        #expect(Statistics([]) == nil)
    }

    @Test func singleValueHasNoDeviation() throws {
        let statistics = try #require(Statistics([3]))
        #expect(statistics.standardDeviation == nil)
        #expect(statistics.median == 3)
        #expect(statistics.percentile(99) == 3)
        #expect(statistics.medianAbsoluteDeviation == 0)
    }

    @Test(arguments: [
        (9, 90.0, false), (10, 90, true), (9, 10, false), (10, 10, true), (19, 95, false),
        (20, 95, true), (99, 99, false), (100, 99, true), (999, 99.9, false), (1000, 99.9, true),
    ])
    func tailNeedsEnoughValues(count: Int, percent: Double, supported: Bool) throws {
        let statistics = try #require(Statistics((0..<count).map(Double.init)))
        #expect((statistics.supportedPercentile(percent) != nil) == supported)
    }

    @Test func closeValuesKeepTheirDeviation() throws {
        let statistics = try #require(Statistics([1e9, 1e9 + 1, 1e9 + 2]))
        #expect(statistics.standardDeviation == 1)
    }
}
