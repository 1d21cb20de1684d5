import Measurement
import Testing

struct TrendTests {
    /// Slopes of 1, 3, 8: 2, 5 and 7/2; left at 0: 1, 3 − 3.5 and 8 − 7.
    @Test func threeValuesMatchHandComputation() throws {
        let trend = try #require(Trend([1, 3, 8]))
        #expect(trend.slope == 3.5)
        #expect(trend.intercept == 1)
    }

    @Test func oneWildValueDoesNotMoveIt() throws {
        var values = (0..<21).map { 5 + 0.5 * Double($0) }
        values[20] = 1e6
        let trend = try #require(Trend(values))
        #expect(trend.slope == 0.5)
        #expect(trend.intercept == 5)
    }

    @Test func longSeriesIsFoldedFirst() throws {
        let trend = try #require(Trend((0..<100_001).map { 3 - 0.25 * Double($0) }))
        #expect(abs(trend.slope + 0.25) < 1e-9)
        #expect(abs(trend.intercept - 3) < 1e-6)
    }

    @Test func pointsNeedNoOrder() throws {
        let trend = try #require(Trend(through: [(x: 8, y: 17), (x: 2, y: 5), (x: 4, y: 9)]))
        #expect(trend.slope == 2)
        #expect(trend.intercept == 1)
    }

    @Test func oneXHasNoLine() {
        #expect(Trend([]) == nil)
        #expect(Trend([1]) == nil)
        #expect(Trend(through: [(x: 2, y: 1), (x: 2, y: 5)]) == nil)
    }
}
