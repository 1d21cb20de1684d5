import Measurement
import Testing

struct OutlierTests {
    /// Median 10, MAD 1: z of a value is 0.6745·|value − 10|, above 3.5 from 5.19 on.
    @Test(arguments: [(15.1, 0), (15.2, 1), (4.8, 1), (4.9, 0)])
    func liesBeyondThreeAndAHalf(value: Double, count: Int) throws {
        let values = [8, 9, 9, 10, 10, 11, 11, 12, value]
        let statistics = try #require(Statistics(values))
        #expect(statistics.median == 10 && statistics.medianAbsoluteDeviation == 1)
        #expect(statistics.outliers == count)
    }

    /// MAD 0; mean distance 30/10, so z of 40 is 0.798·30/3 = 7.98.
    @Test func oneAmongEqualsIsFound() throws {
        let values = Array(repeating: 10.0, count: 9) + [40]
        #expect(try #require(Statistics(values)).outliers == 1)
    }

    @Test func equalsHaveNone() throws {
        #expect(try #require(Statistics([3, 3, 3])).outliers == 0)
        #expect(try #require(Statistics([3])).outliers == 0)
    }
}
