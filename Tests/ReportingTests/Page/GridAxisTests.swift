import Basics
import Charts
import Sweep
import TestSupport
import Testing

@testable import Reporting

/// What charts can have along their side, and the lines in them.
struct GridAxisTests {
    private func points(
        _ batches: [Int], _ pairs: [LengthPair], _ settings: [Parameters] = [[:]]
    )
        -> [Point]
    {
        settings.flatMap { setting in
            batches.flatMap { batch in pairs.map { Point(batch: batch, $0, setting: setting) } }
        }
    }

    @Test func everythingThatVariesIsAnAxis() throws {
        let pairs = try Grid.product(inputs: [4, 8], outputs: [2, 3])
        let axes = GridAxis.axes(
            of: points(
                [1, 2], pairs, [[.threads: 1, .numa: "local"], [.threads: 2, .numa: "local"]]),
            in: .en)
        #expect(axes.map(\.name) == ["batch", "input", "output", "threads"])
        #expect(
            axes.map(\.plotAxis.title) == [
                "batch, sequences", "input, tokens", "output, tokens", "threads",
            ])
    }

    @Test func lengthsThatVaryTogetherAreOneAxis() {
        let axes = GridAxis.axes(
            of: points([1, 2], [LengthPair(16, 1), LengthPair(8, 9)]), in: .en)
        #expect(axes.map(\.name) == ["batch", "lengths"])
        #expect(axes[1].plotAxis.ticks.map(\.label) == ["8 → 9", "16 → 1"])
        #expect(axes[1].place(of: Point(batch: 1, inputLength: 16, outputLength: 1)) == 1)
        #expect(axes[1].place(of: Point(batch: 1, inputLength: 7, outputLength: 1)) == nil)
    }

    @Test func oneCellHasNoAxis() {
        #expect(GridAxis.axes(of: points([1], [LengthPair(4, 3)]), in: .en).isEmpty)
        #expect(GridAxis.axes(of: [], in: .en).isEmpty)
    }

    @Test func countsStandWhereTheyAreAndWordsSideBySide() {
        let pair = [LengthPair(4, 3)]
        let batches = GridAxis.axes(of: points([8, 1, 2], pair), in: .en)[0]
        #expect(batches.plotAxis.scale.kind == .logarithmic)
        #expect(batches.place(of: points([8], pair)[0]) == 8)
        #expect(GridAxis.axes(of: points([1, 3], pair), in: .en)[0].plotAxis.scale.kind == .linear)
        let words = points([1], pair, [[.isa: "avx512"], [.isa: "avx2"]])
        let axis = GridAxis.axes(of: words, in: .en)[0]
        #expect(axis.plotAxis.ticks.map(\.label) == ["avx512", "avx2"])
        #expect(words.map { axis.place(of: $0) } == [0, 1])
    }

    @Test func lengthsThatAreDrawnAreNamed() throws {
        let pairs = try Grid.product(
            inputs: ListText.lengths("8:64,4", axis: .input, part: .input),
            outputs: ListText.lengths("2", axis: .output, part: .output))
        let axis = try #require(GridAxis.axes(of: points([1], pairs), in: .en).first)
        #expect(axis.name == "input")
        #expect(axis.plotAxis.ticks.map(\.label) == ["4", "8:64~uniform"])
    }

    /// Of four lengths under two settings: too many lines for one drawing.
    @Test func linesThatAreTooManyAreDrawnApart() throws {
        var sweep = ScriptedSweep()
        sweep.faults = []
        sweep.grid.pairs = try Grid.product(inputs: [4, 8], outputs: [2, 3])
        sweep.grid.settings[.threads] = [1, 2]
        let reports = [ChartedReport(name: "", rows: try sweep.rows())]
        let axes = GridAxis.axes(of: reports[0].rows.map(\.point), in: .en)
        let titles = AxisCharts(axes[0], reports, in: .en).figures.map(\.drawing.title)
        #expect(
            titles == [
                "TTFT, ms · t1", "TPOT, ms · t1", "Throughput, token/s · t1", "TTFT, ms · t2",
                "TPOT, ms · t2", "Throughput, token/s · t2",
            ])
        let figures = AxisCharts(axes[3], reports, in: .en).figures
        #expect(figures[0].drawing.title == "TTFT, ms · batch 1")
        #expect(figures[0].drawing.inline.text.contains(">8 → 2</text>"))
        // Each cell once for each metric.
        let marks = figures.map { $0.drawing.inline.text.components(of: "class=\"mark") }
        #expect(marks.reduce(0, +) == 3 * reports[0].rows.count)
    }

    @Test func fewLinesShareADrawing() throws {
        var sweep = ScriptedSweep()
        sweep.faults = []
        let reports = [ChartedReport(name: "", rows: try sweep.rows())]
        let axes = GridAxis.axes(of: reports[0].rows.map(\.point), in: .en)
        let figures = AxisCharts(axes[0], reports, in: .en).figures
        #expect(figures.map(\.drawing.title) == ["TTFT, ms", "TPOT, ms", "Throughput, token/s"])
        #expect(figures[0].drawing.summary == "Along batch, from 41.64 to 77.28 ms")
        let markup = try #require(
            PageSection.axes(reports, numbers: .cells(in: .en), in: .en)?.body.text)
        #expect(markup.components(of: "<input type=\"radio\"") == 2)
        #expect(markup.components(of: " checked>") == 1)
        #expect(markup.components(of: "<div class=\"panel\">") == 2)
        #expect(markup.contains("aria-details=\"cells\""))
    }

    @Test func oneAxisNeedsNoChoice() throws {
        var sweep = ScriptedSweep()
        sweep.grid.pairs = [LengthPair(4, 3)]
        let reports = [ChartedReport(name: "", rows: try sweep.rows())]
        let markup = try #require(
            PageSection.axes(reports, numbers: .cells(in: .en), in: .en)?.body.text)
        #expect(!markup.contains("<input"))
        #expect(markup.components(of: "<div class=\"panel\">") == 1)
    }

    /// 1200 cells of three metrics along one axis are 3600 points.
    @Test func aLargeGridIsDrawnAlongOneAxisAndSaysSo() throws {
        var sweep = ScriptedSweep()
        sweep.faults = []
        sweep.grid.batches = Array(1...600)
        let reports = [ChartedReport(name: "", rows: try sweep.rows())]
        let markup = try #require(
            PageSection.axes(reports, numbers: .cells(in: .en), in: .en)?.body.text)
        #expect(markup.components(of: "<div class=\"panel\">") == 1)
        #expect(markup.contains("there are no drawings along lengths;"))
    }

    /// The style sheet has a rule for each place of a panel.
    @Test func thereAreNoMoreAxesThanPanelsThatCanBeShown() {
        #expect(Parameter.all.count <= 12)
    }

    @Test(arguments: [(1, [1]), (6, [6]), (7, [4, 3]), (13, [5, 5, 3]), (0, [])])
    func partsAreOfAboutTheSameSize(count: Int, sizes: [Int]) {
        #expect(Array(repeating: 0, count: count).parts(ofAtMost: 6).map(\.count) == sizes)
    }
}
