import Charts
import Measurement
import Profiling
import Testing

@Suite struct RooflineTests {
    /// 10 operations a byte are where memory and arithmetic meet.
    private static let roof = Roof(readBytesPerSecond: 2e9, operationsPerSecond: 20e9)

    private static var tables: [OperatorTable] {
        Phase.allCases.compactMap { OperatorTable(SmallCall.recording, $0) }
    }

    /// Only qkv is counted.
    ///
    /// In prefill 8000 operations and 1000 bytes take the 1250 ns from 1200 to 2450; in decode 1800
    /// and 900 take the 400 ns from 5100 to 5500.
    @Test func operatorsLieAtTheirIntensityAndRate() throws {
        let roofline = try #require(Roofline(Self.tables, roof: Self.roof))
        #expect(roofline.ridge == 10)
        #expect(roofline.points.map(\.name) == ["qkv", "qkv"])
        #expect(roofline.points.map(\.phase) == [.prefill, .decode])
        #expect(roofline.points.map(\.intensity) == [8, 2])
        for (point, rate) in zip(roofline.points, [6.4e9, 4.5e9]) {
            #expect(abs(point.operationsPerSecond / rate - 1) < 1e-12)
        }
        #expect(roofline.points.map { $0.ceiling(Self.roof) } == [16e9, 4e9])
        #expect(roofline.points.map { $0.limit(Self.roof) } == [.memory, .memory])
        let low = Roof(readBytesPerSecond: 2e9, operationsPerSecond: 10e9)
        #expect(roofline.points.map { $0.ceiling(low) } == [10e9, 4e9])
        #expect(roofline.points.map { $0.limit(low) } == [.compute, .memory])
    }

    @Test func withoutARoofOrAPointThereIsNoRoofline() {
        #expect(Roofline(Self.tables, roof: nil) == nil)
        #expect(Roofline([], roof: Self.roof) == nil)
        let none = Roof(readBytesPerSecond: 0, operationsPerSecond: 1)
        #expect(Roofline(Self.tables, roof: none) == nil)
    }

    @Test func roofBendsAtTheRidge() throws {
        let plot = try #require(Roofline(Self.tables, roof: Self.roof)).plot()
        let roof = plot.series[0].points
        #expect(roof.map(\.y) == [roof[0].x * 2, 20, 20])
        #expect(roof[1].x == 10)
        #expect(plot.x.scale.low < 2 && plot.x.scale.high > 10)
        #expect(plot.y.scale.low < 4.5 && plot.y.scale.high > 20)
        #expect(plot.series[1].points.map(\.label) == ["qkv"])
        let tip = try #require(plot.series[2].points[0].tip)
        #expect(tip.hasPrefix("decode › qkv: 4.50 GFLOP/s at 2.00 FLOP per byte"))
    }
}
