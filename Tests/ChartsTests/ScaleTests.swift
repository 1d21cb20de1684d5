import Charts
import Testing

struct ScaleTests {
    private func labels(_ scale: Scale) -> [String] { scale.ticks.map(\.label) }

    @Test func linearScaleBeginsAtZeroAndEndsAtATick() {
        let scale = Scale.linear(covering: [13.2, 41.7])
        #expect(scale.low == 0)
        #expect(scale.high == 50)
        #expect(labels(scale) == ["0", "10", "20", "30", "40", "50"])
        #expect(scale.fraction(12.5) == 0.25)
    }

    @Test func linearScaleOfNearValuesNeedNotBeginAtZero() {
        let scale = Scale.linear(covering: [13.21, 13.38], fromZero: false)
        #expect(labels(scale) == ["13.20", "13.25", "13.30", "13.35", "13.40"])
    }

    @Test func logarithmicScaleEndsAtRoundValues() {
        let scale = Scale.logarithmic(covering: [62, 1538])
        #expect(scale.low == 50)
        #expect(scale.high == 2000)
        #expect(labels(scale) == ["50", "100", "200", "500", "1000", "2000"])
    }

    /// Their difference is infinite.
    @Test func theWidestScaleHasNoTicks() {
        let largest = Double.greatestFiniteMagnitude
        #expect(Scale.linear(from: -largest, to: largest).ticks.isEmpty)
    }

    @Test func manyDecadesHaveATickEach() {
        let scale = Scale.logarithmic(covering: [0.01, 1000])
        #expect(labels(scale) == ["0.01", "0.1", "1", "10", "100", "1000"])
        #expect(abs(scale.fraction(1) - 0.4) < 1e-12)
    }

    @Test func moreDecadesThanRoomHaveEverySecond() {
        let scale = Scale.logarithmic(covering: [1, 1e8])
        #expect(
            labels(scale) == [
                "1", "100", "10\u{202F}000", "1\u{202F}000\u{202F}000", "100\u{202F}000\u{202F}000",
            ])
    }

    @Test func lessThanADecadeHasRoundTicksAllTheSame() {
        #expect(labels(.logarithmic(covering: [1.1, 4.2])) == ["1", "2", "3", "4", "5"])
        #expect(labels(.logarithmic(from: 110, to: 190)).count > 1)
    }

    @Test func oneValueHasRoomAround() {
        let linear = Scale.linear(covering: [20], fromZero: false)
        #expect(linear.low < 20 && linear.high > 20)
        let logarithmic = Scale.logarithmic(covering: [20])
        #expect(logarithmic.low < 20 && logarithmic.high > 20)
    }

    @Test(arguments: [
        [], [.nan], [.infinity, -.infinity], [0], [-1e308, 1e308], [1e300, 1e300 * (1 + 1e-15)],
        [.leastNonzeroMagnitude], [1e18, 1e18 + 256],
    ])
    func valuesThatMakeNoScaleCrashNothing(values: [Double]) {
        for scale in [
            Scale.linear(covering: values), .linear(covering: values, fromZero: false),
            .logarithmic(covering: values),
        ] {
            #expect(scale.low < scale.high)
            #expect(scale.ticks.allSatisfy { $0.value.isFinite })
        }
    }

    @Test func whatIsNotAboveZeroLiesAtTheBeginningOfALogarithmicAxis() {
        #expect(Scale.logarithmic(from: 1, to: 10).fraction(0) == 0)
        #expect(Scale.logarithmic(from: 1, to: 10).fraction(-1) == 0)
        #expect(Scale.logarithmic(from: 0, to: 10).low == 1)
    }

    @Test func countsAreLogarithmicWhereTheyArePowersOfTwo() {
        #expect(PlotAxis.counts("x", [8, 1, 4]).scale.kind == .logarithmic)
        let axis = PlotAxis.counts("x", [3, 1, 2, 3])
        #expect(axis.scale.kind == .linear)
        #expect(axis.ticks.map(\.label) == ["1", "2", "3"])
        #expect(axis.scale.fraction(2) == 0.5)
        #expect(PlotAxis.counts("x", [3]).scale.fraction(3) == 0.5)
        #expect(PlotAxis.counts("x", []).ticks.isEmpty)
    }

    @Test func namesStandSideBySide() {
        let axis = PlotAxis.names("x", ["b", "a"])
        #expect(axis.ticks.map(\.label) == ["b", "a"])
        #expect(axis.ticks.map { axis.scale.fraction($0.value) } == [0.25, 0.75])
        #expect(PlotAxis.names("x", []).ticks.isEmpty)
    }

    @Test func batchesAreTheTicksOfTheirAxis() {
        let axis = PlotAxis.sizes("batch", [4, 1, 2, 4])
        #expect(axis.ticks.map(\.label) == ["1", "2", "4"])
        #expect(axis.scale.fraction(2) == 0.5)
        #expect(PlotAxis.sizes("batch", [8]).scale.fraction(8) == 0.5)
        #expect(PlotAxis.sizes("batch", []).ticks.isEmpty)
    }
}
