import Charts
import Measurement
import Sweep
import TestSupport
import Testing

@testable import Reporting

/// The page of several reports.
struct ComparisonPageTests {
    private let directory = TemporaryDirectory()

    /// A report whose steps all take so long.
    private func side(
        _ name: String, milliseconds: UInt64 = 10, faults: [ScriptedEngine.Fault] = [],
        _ change: (inout Manifest) throws -> Void = { _ in }
    ) throws -> ComparisonSide {
        let engine = ScriptedEngine { workload, _ in
            .init(
                pre: 1000, forward: milliseconds * 1_000_000 * UInt64(workload.batch), post: 1000)
        }
        engine.faults = faults
        let grid = Grid(
            batches: [1, 2], pairs: [LengthPair(4, 3), LengthPair(8, 3)], repetitions: 10,
            warmup: 0)
        var manifest = Manifest(
            toolVersion: "0.1.0", commandLine: [], buildConfiguration: "release",
            engine: engine.identity, grid: grid, startedAt: Timestamp(seconds: 1_700_000_000))
        try change(&manifest)
        let report = try ReportDirectory(path: directory.path(name), manifest: manifest)
        _ = try Runner(try grid.expand(), engine: engine, sink: report).run()
        return ComparisonSide(try Report(path: report.path), path: name)
    }

    @Test func aRegressionIsSaidFirst() throws {
        let page = try ComparisonPage(of: [side("a"), side("b", milliseconds: 20)]).page
        #expect(page.title == "tiny · f32 · cpu · Comparison")
        #expect(page.subtitles[1].hasPrefix("B: b · tiny · f32 · cpu"))
        #expect(page.sections.map(\.anchor) == ["summary", "charts", "compared"])
        let summary = page.sections[0].body.text
        #expect(summary.contains("<p class=\"verdict bad\">"))
        #expect(summary.contains("Regression: 16 of 16 results slower, 0 cells lost."))
        #expect(summary.contains("A: 4 of 4 cells stable. B: 4 of 4 cells stable."))
        #expect(summary.contains("<dt>TTFT, B over A</dt>\n<dd class=\"figure\">0.500×"))
        #expect(summary.contains("<dd>geometric mean of 4 cells</dd>\n<dd>4 slower</dd>"))
        #expect(
            summary.contains("Nothing that the reports know of differs between A and B."))
    }

    @Test func linesOfBothAreInTheSameCharts() throws {
        let page = try ComparisonPage(of: [side("a"), side("b", milliseconds: 20)]).page
        let charts = page.sections[1].body.text
        #expect(charts.contains(">A: input 4</text>"))
        #expect(charts.contains(">B: input 4</text>"))
        #expect(charts.contains("class=\"line s1\""))
        #expect(charts.contains("class=\"line dashed s1\""))
        #expect(charts.contains("<title>B: batch 1, 4 → 3\nTTFT "))
        #expect(charts.contains("aria-details=\"compared\""))
    }

    /// Of four cells TTFT, TPOT, output and prefill; what is said is what `Comparison` says.
    @Test func everyCellHasItsVerdict() throws {
        let (a, b) = (try side("a"), try side("b", milliseconds: 20))
        let comparison = try Comparison(a, b)
        let html = ComparisonPage([comparison]).page.html
        #expect(html.components(of: "<span class=\"bad\">slower</span>") == 16)
        #expect(html.contains("<td>TTFT, ms</td>"))
        #expect(html.contains("<td class=\"number\" data-order=\"10.002\">10.00</td>"))
        #expect(try ReportDocument(comparison).page?().html == html)
        let outline = HTMLOutline(html)
        #expect(outline.fault == nil)
        let ids = outline.values(of: "id")
        #expect(Set(ids).count == ids.count)
        #expect(outline.values(of: "aria-details").allSatisfy(ids.contains))
    }

    @Test func equalReportsDoNotDiffer() throws {
        let html = try ComparisonPage(of: [side("a"), side("b")]).page.html
        #expect(html.contains("<p class=\"verdict good\">"))
        #expect(html.components(of: "<span class=\"good\">no difference</span>") == 16)
    }

    @Test func whatDiffersAndWhatIsLostIsNamed() throws {
        let b = try side("b", faults: [.init("b2-i8-o3", .run(call: 0), .fail("broken"))]) {
            $0.buildConfiguration = "debug"
            $0.toolVersion = "0.2.0"
        }
        let page = try ComparisonPage(of: [side("a"), b]).page
        #expect(
            page.sections.map(\.anchor) == [
                "summary", "charts", "compared", "not-compared", "differences",
            ])
        let html = page.html
        #expect(html.contains("Not comparable: build is release in A and debug in B."))
        #expect(html.contains("These differ too: version."))
        #expect(html.contains("<td class=\"prose\">in B failed: broken</td>"))
        #expect(html.contains("<span class=\"bad\">lost</span>"))
    }

    @Test func threeReportsHaveLettersOfTheirOwn() throws {
        let c = try side("c", faults: [.init("b2-i8-o3", .run(call: 0), .fail("broken"))])
        let page = try ComparisonPage(of: [side("a"), side("b"), c]).page
        let html = page.html
        #expect(HTMLOutline(html).fault == nil)
        #expect(html.contains("<h3>B compared with A</h3>"))
        #expect(html.contains("<h3>C compared with A</h3>"))
        #expect(html.contains("in C failed: broken"))
        #expect(html.contains("× is the speed of C over A&#39;s"))
        #expect(html.contains("class=\"line dotted s1\""))
        #expect(page.subtitles.map { $0.prefix(2) } == ["A:", "B:", "C:"])
    }

    @Test func namesFromOutsideAreText() throws {
        let evil = "\"><img src=x onerror=alert(1)><script>alert(1)<"
        let b = try side(evil) {
            $0.toolVersion = evil
            try $0.set("machine", to: ["governor": evil])
        }
        let a = try side("a") { try $0.set("machine", to: ["governor": "x"]) }
        let outline = HTMLOutline(try ComparisonPage(of: [a, b]).page.html)
        #expect(outline.fault == nil)
        #expect(outline.count(of: "img") == 0)
        #expect(outline.count(of: "script") == 1)
    }

    @Test func anotherModelIsRefused() throws {
        let b = try side("b") { $0.engine.model = "other" }
        let a = try side("a")
        #expect(
            throws: ReportingError.otherModel(differences: ["model is tiny in A and other in B"])
        ) { try ComparisonPage(of: [a, b]) }
    }

    @Test func sidesWithoutRowsAreComparedWithoutCharts() throws {
        let comparison = try Comparison(
            ComparisonSide("a", [.spread("c", .decode, around: 100)]),
            ComparisonSide("b", [.spread("c", .decode, around: 200)]))
        let page = ComparisonPage([comparison]).page
        #expect(page.title == "Comparison")
        #expect(page.sections.map(\.anchor) == ["summary", "compared"])
        #expect(page.html.contains("<dt>Decode, B over A</dt>"))
    }
}
