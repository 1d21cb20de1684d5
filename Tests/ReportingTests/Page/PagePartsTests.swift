import Charts
import Measurement
import Sweep
import TestSupport
import Testing

@testable import Reporting

struct PagePartsTests {
    @Test func gapsOfRepetitionsMeetAtTheirPosition() {
        let points = GapProfile([[10, 20], [12, 22], [11, 21]]).points
        #expect(points.map(\.x) == [2, 3])
        #expect(points.map(\.y) == [11, 21])
        #expect(points[0].range == nil)
    }

    /// Type 7 at (10 − 1)·0.1 and (10 − 1)·0.9.
    @Test func tenGapsHaveABand() {
        let points = GapProfile((0..<10).map { [Double($0)] }).points
        #expect(points[0].range == 0.9...8.1)
    }

    /// The cells of batch 1 read faster than the machine can: impossible, and so no best.
    @Test func headlinesAreNeverOfInvalidRows() throws {
        var sweep = ScriptedSweep()
        sweep.faults = []
        sweep.costs = PhaseCosts(prefill: Cost(bytes: 1, operations: 1), decode: nil)
        let real = Roof(readBytesPerSecond: 1e9, operationsPerSecond: 1e9)
        let impossible = Roof(readBytesPerSecond: 1, operationsPerSecond: 1e9)
        sweep.grid.batches = [1, 2]
        sweep.grid.pairs = [LengthPair(4, 3)]
        sweep.roofs = [impossible, impossible, real, real]
        let rows = try sweep.rows()
        #expect(rows.map { $0.verdict == .invalid } == [true, false])
        let figures = KeyFigure.figures(of: rows, sweep.manifest)
        #expect(figures[0].lines == [rows[1].point.words])
        #expect(figures[2].lines == [rows[1].point.words])
        #expect(KeyFigure.figures(of: [rows[0]], sweep.manifest).isEmpty)
        #expect(rows[0].tip(of: \.ttft, "TTFT", unit: "ms").hasSuffix("\ninvalid"))
    }

    @Test func longAnswersAreShownInSteps() {
        let points = GapProfile([(0..<320).map(Double.init)]).points
        #expect(points.count == 160)
        // The tokens 2 and 3.
        #expect(points[0].x == 2.5)
        #expect(points[0].y == 0.5)
    }

    @Test func profileOfNothingIsEmpty() {
        #expect(GapProfile([]).points.isEmpty)
        #expect(GapProfile([[], []]).points.isEmpty)
        #expect(GapProfile([[1], []]).points.map(\.y) == [1])
    }

    /// Two steps read 2 MB together and the machine 1 GB/s: 1000 steps a second.
    @Test func memoryRoofIsBandwidthOverBytesOfAStepTimesBatch() throws {
        var sweep = ScriptedSweep()
        sweep.faults = []
        sweep.costs = PhaseCosts(
            prefill: Cost(bytes: 1, operations: 1), decode: Cost(bytes: 2e6, operations: 4e6))
        sweep.roofs = Array(
            repeating: Roof(readBytesPerSecond: 1e9, operationsPerSecond: 8e9), count: 8)
        let line = RoofLine(try sweep.rows()) { cost, roof in
            roof.readBytesPerSecond / cost.bytes
        }
        #expect(line.points.map(\.x) == [1, 2])
        #expect(line.points.map(\.y) == [1000, 2000])
    }

    @Test(arguments: [
        (Manifest.Status.completed, Conclusion.Grade.care), (.interrupted, .care),
        (.running, .care),
    ])
    func sweepThatIsNotWholeIsNotGood(status: Manifest.Status, grade: Conclusion.Grade) throws {
        let conclusion = Conclusion(status, try ScriptedSweep().rows())
        #expect(conclusion.grade == grade)
        #expect(conclusion.headline == "The sweep is not whole.")
        #expect(conclusion.details.contains("\(status.rawValue)") == (status != .completed))
    }

    @Test func quietSweepIsGood() throws {
        var sweep = ScriptedSweep()
        sweep.faults = []
        sweep.grid.repetitions = 6
        let conclusion = Conclusion(.completed, try sweep.rows())
        #expect(conclusion.grade == .good)
        #expect(conclusion.details == "Of 4 cells: 4 stable.")
    }

    @Test func tooFewRepetitionsAreSaid() throws {
        var sweep = ScriptedSweep()
        sweep.faults = []
        let conclusion = Conclusion(.completed, try sweep.rows())
        #expect(conclusion.headline == "Another sweep may say something else.")
        #expect(conclusion.details.contains("All have fewer than 6 repetitions"))
    }

    @Test(arguments: [
        (1, [1]), (6, [6]), (7, [4, 3]), (13, [5, 5, 3]),
    ])
    func pairsAreGroupedByTheColoursThereAre(count: Int, sizes: [Int]) throws {
        var sweep = ScriptedSweep()
        sweep.grid.batches = [1]
        sweep.grid.pairs = (1...count).map { LengthPair($0, 2) }
        let groups = try #require(Facet.facets(of: try sweep.rows()).first).pairGroups
        #expect(groups.map(\.count) == sizes)
    }

    @Test(arguments: [
        (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1_048_576 * 412, "412 MiB"),
        (Int.max, "8\u{202F}388\u{202F}608 TiB"),
    ])
    func bytesHaveAUnit(bytes: Int, text: String) {
        #expect(bytesText(bytes) == text)
    }

    @Test func numbersSortByValueAndMissingOnesHaveNone() {
        let table = PageTable<Double?>(
            caption: "<c>",
            columns: [.init("x", unit: "<ms>") { .number($0, detail: "<d>") }],
            rows: [1234.5678, nil, 0])
        #expect(
            table.markup.text == """
                <div class="scroll" role="group" tabindex="0" aria-label="&lt;c&gt;">
                <table class="sortable">
                <caption>&lt;c&gt;</caption>
                <thead><tr><th scope="col" class="number">x<small>&lt;ms&gt;</small></th></tr></thead>
                <tbody>
                <tr><td class="number" data-order="1234.5678">1235<small>&lt;d&gt;</small></td></tr>
                <tr><td class="number"><span class="none">–</span><small>&lt;d&gt;</small></td></tr>
                <tr><td class="number" data-order="0.0">0<small>&lt;d&gt;</small></td></tr>
                </tbody>
                </table>
                </div>

                """)
    }
}
