import Reporting
import Testing

@testable import History

/// What `plot --svg` draws.
@Suite struct SeriesChartTests {
    private func series(_ point: String, _ days: [Int], model: String = "tiny") -> Series {
        Series(
            subject: .init(model: model, precision: "int8", machine: nil, engine: []), point: point,
            values: days.map { day in
                .init(
                    run: "0123456789abcdef",
                    startedAt: Timestamp(seconds: 1_700_000_000 + day * 86_400),
                    value: Double(day) + 10)
            })
    }

    private func labels(_ days: [Int]) -> [String] {
        let svg = SeriesChart([series("b1-i8-o4", days)], metric: "tpot_median_ms").svg
        return svg.matches(of: /class="tick">(\d{4}-\d\d-\d\d|\d\d:\d\d UTC)</)
            .map { String($0.1) }
    }

    @Test func ticksAreDays() {
        #expect(labels([0, 1, 3]) == ["2023-11-15", "2023-11-16", "2023-11-17"])
        #expect(labels([0, 30]).first == "2023-11-15")
        #expect((2...6).contains(labels([0, 3000]).count))
    }

    @Test func runsOfOneDayHaveHours() {
        #expect(labels([0]) == ["22:13 UTC"])
    }

    @Test func seriesAreNamedWithWhatDiffers() {
        let one = SeriesChart(
            [series("b1-i8-o4", [0, 1]), series("b2-i8-o4", [0, 1])], metric: "ttft_mean_ms"
        ).svg
        #expect(one.contains("ttft_mean_ms of tiny, int8, machine unknown</text>"))
        #expect(one.contains(">b2-i8-o4</text>"))
        let two = SeriesChart(
            [series("b1-i8-o4", [0, 1]), series("b1-i8-o4", [0, 1], model: "<other>&")],
            metric: "ttft_mean_ms"
        ).svg
        #expect(two.contains(">b1-i8-o4, &lt;other&gt;&amp;, int8, machine unknown</text>"))
    }

    @Test func drawingIsXML() throws {
        let svg = SeriesChart(
            [series("<b>\u{1B}", [0, 1, 2, 400], model: "\"&'\u{0}")], metric: "ttft_mean_ms"
        ).svg
        #expect(!svg.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
        #expect(svg.contains("run 01234567: 10.00"))
    }
}
