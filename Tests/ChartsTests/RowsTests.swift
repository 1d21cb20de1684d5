import Charts
import Testing

struct HeatMapTests {
    private func map(_ cells: [[HeatMap.Cell]]) -> String {
        HeatMap(
            title: "TTFT, ms", columnTitle: "batch", rowTitle: "input", columns: ["1", "2"],
            rows: ["64", "128"], cells: cells
        ).drawing.inline.text
    }

    private func value(_ value: Double) -> HeatMap.Cell {
        .value(value, text: "v\(Int(value))", tip: "tip")
    }

    private func classes(_ text: String) -> [Substring] {
        text.split(separator: "class=\"mark ").dropFirst().map { $0.prefix { $0 != "\"" } }
    }

    /// From 1 to 128 a colour for each doubling.
    @Test func equalRatiosAreEqualSteps() {
        let text = map([[value(1), value(2.1)], [value(64.1), value(128)]])
        #expect(classes(text) == ["h1", "h2", "h7", "h7"])
        #expect(text.contains("class=\"value on-low\">v1<"))
        #expect(text.contains("class=\"value on-high\">v128<"))
    }

    @Test func noiseDoesNotLookLikeADifference() {
        #expect(classes(map([[value(100), value(101)]])) == ["h1", "h1"])
    }

    @Test func missingCellSaysWhyAndIsNoValue() {
        let cell = HeatMap.Cell.missing(text: "oom", tip: "needed <9 GiB>")
        let text = map([[value(1), cell], [HeatMap.Cell.none, value(2)]])
        #expect(classes(text) == ["h1", "missing", "h7"])
        #expect(text.contains("<title>needed &lt;9 GiB&gt;</title>"))
        #expect(text.contains(">oom</text>"))
    }

    @Test func valuesWithoutALogarithmCrashNothing() {
        let cells = [0, -1, .nan, .infinity].map {
            HeatMap.Cell.value($0, text: "x", tip: "")
        }
        #expect(classes(map([cells])) == ["h1", "h1", "h1", "h1"])
        #expect(map([]).contains("batch"))
    }
}

struct RowChartTests {
    private let axis = PlotAxis("GiB", .linear(from: 0, to: 4))

    /// The names take 7 + 10; the rest of 400, less half the last tick, is 4 GiB wide.
    @Test func barsFollowEachOther() {
        let chart = RowChart(
            title: "memory", axis: axis, surfaces: ["weights", "cache"],
            rows: [.init("a", bars: [1, 2], tip: "t")])
        let text = chart.drawing.inline.text
        let unit = (400.0 - 17 - 8) / 4
        #expect(text.contains("<rect x=\"17\""))
        #expect(text.contains("<rect x=\"\((17 + unit) as Double)\"" as Markup))
        #expect(text.contains("class=\"mark fill s2\""))
    }

    @Test func dotsAreJoinedAndThoseThatAreMissingAreNot() {
        let chart = RowChart(
            title: "ITL", axis: axis, dots: ["p50", "p90", "p99"],
            rows: [.init("a", dots: [1, 2, nil], tip: ""), .init("b", dots: [9], tip: "")])
        let text = chart.drawing.inline.text
        #expect(text.components(of: "class=\"mark") == 2)
        #expect(text.components(of: "class=\"line muted\"") == 1)
        #expect(text.contains(">p99</text>"))
    }

    @Test func longNamesAreCut() {
        let chart = RowChart(
            title: "t", axis: axis, rows: [.init(String(repeating: "x", count: 99), tip: "")])
        #expect(chart.drawing.inline.text.contains("x…</text>"))
    }
}

extension String {
    fileprivate func contains(_ markup: Markup) -> Bool { contains(markup.text) }
}
