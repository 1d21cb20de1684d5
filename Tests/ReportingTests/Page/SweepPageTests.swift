import Charts
import Measurement
import Sweep
import TestSupport
import Testing

@testable import Reporting

struct SweepPageTests {
    private let directory = TemporaryDirectory()

    private func page(
        _ sweep: ScriptedSweep = ScriptedSweep(), status: Manifest.Status = .completed,
        additions: [PageSection] = [], _ change: (inout Manifest) throws -> Void = { _ in }
    ) throws -> Page {
        var manifest = sweep.manifest
        manifest.status = status
        try change(&manifest)
        return SweepPage(manifest: manifest, rows: try sweep.rows(), additions: additions).page
    }

    /// Costs, roofs, memory and six repetitions: a page with everything in it.
    private var whole: ScriptedSweep {
        var sweep = ScriptedSweep()
        sweep.grid.repetitions = 6
        sweep.costs = PhaseCosts(
            prefill: Cost(bytes: 1e6, operations: 2e6), decode: Cost(bytes: 2e6, operations: 4e6))
        sweep.roofs = Array(
            repeating: Roof(readBytesPerSecond: 1e9, operationsPerSecond: 7e9), count: 100)
        return sweep
    }

    @Test func pageHasItsSectionsInOrder() throws {
        let page = try page(whole)
        #expect(
            page.sections.map(\.anchor) == [
                "summary", "charts", "latency", "throughput", "cells", "percentiles", "positions",
                "doubts", "machine", "definitions",
            ])
    }

    @Test func tagsAreNestedAndAnchorsAreUnique() throws {
        for sweep in [ScriptedSweep(), whole] {
            let page = try page(sweep)
            let outline = HTMLOutline(page.html)
            #expect(outline.fault == nil)
            let anchors = outline.values(of: "id")
            #expect(Set(anchors).count == anchors.count)
            let links = outline.values(of: "href")
            #expect(links[0] == "#content")
            #expect(links.dropFirst().starts(with: page.sections.map { "#\($0.anchor)" }))
            #expect(links.allSatisfy { anchors.contains(String($0.dropFirst())) })
            #expect(outline.count(of: "h1") == 1)
        }
    }

    /// What cannot be seen can be read: a name that no other drawing beside it has, and a table.
    @Test func everyDrawingHasANameAndItsNumbersAsText() throws {
        let html = try page(whole).html
        let outline = HTMLOutline(html)
        let drawings = outline.elements.filter {
            $0.name == "svg" && $0.attributes.contains("role")
        }
        #expect(drawings.count > 10)
        #expect(drawings.allSatisfy { $0.attributes.contains(" aria-label=\"") })
        let details = outline.values(of: "aria-details")
        #expect(details.count == drawings.count)
        #expect(Set(details) == ["cells", "percentiles-numbers", "positions-numbers"])
        #expect(Set(details).isSubset(of: outline.values(of: "id")))
        #expect(outline.count(of: "caption") == outline.count(of: "table"))
    }

    @Test func headingsAndLandmarksAreInOrder() throws {
        let names = HTMLOutline(try page(whole).html).elements.map(\.name)
        let landmarks = ["header", "nav", "main"]
        #expect(names.filter(landmarks.contains) == landmarks)
        let levels = names.filter { ["h1", "h2", "h3"].contains($0) }
        #expect(levels.first == "h1")
        for (above, below) in zip(levels, levels.dropFirst()) {
            #expect(below != "h3" || above != "h1")
        }
    }

    @Test func nothingIsFetched() throws {
        let html = try page(whole).html
        for word in ["http:", "https:", "src=", "url(", "@import", "<link", "fetch(", "import("] {
            #expect(!html.contains(word), "\(word)")
        }
        #expect(html.contains("default-src &#39;none&#39;"))
    }

    @Test func equalReportsGiveEqualPages() throws {
        #expect(try page(whole).html == page(whole).html)
    }

    @Test func pageOfAReportReadBackIsTheOneThatWasWritten() throws {
        let sweep = whole
        let report = try ReportDirectory(path: directory.path("r"), manifest: sweep.manifest)
        try sweep.run(into: report)
        let written = try #require(directory.read("r/report.html"))
        #expect(SweepPage(try Report(path: report.path)).page.html == written)
    }

    @Test func namesFromOutsideAreText() throws {
        let evil = "<script>alert('x')</script>\"><img src=x onerror=alert(1)>"
        var sweep = ScriptedSweep()
        sweep.faults = [.init("b2-i8-o1", .run(call: 0), .fail(evil))]
        let html = try page(sweep) { manifest in
            manifest.engine.model = evil
            manifest.engine.precision = evil
            manifest.commandLine = [evil]
            manifest.warnings = [evil]
            try manifest.set("machine", to: ["cpu_model": evil])
        }.html
        let outline = HTMLOutline(html)
        #expect(outline.fault == nil)
        #expect(outline.count(of: "script") == 1)
        #expect(outline.count(of: "img") == 0)
        #expect(html.contains("&lt;script&gt;alert(&#39;x&#39;)"))
    }

    /// TTFT of batch 1 is 3 + 1 + 35.638963 + 2 ms; the gaps are 16.35 and 16.45 ms.
    @Test func numbersAreThoseOfTheStamps() throws {
        let html = try page().html
        #expect(html.contains("<dd class=\"figure\">41.64 <small>ms</small></dd>"))
        #expect(html.contains("<dd class=\"figure\">16.40 <small>ms</small></dd>"))
        #expect(html.contains("class=\"value on-low\">41.6</text>"))
        #expect(html.contains("data-order=\"41.638963\">41.64</td>"))
    }

    @Test func failedCellIsShownWithItsReason() throws {
        let html = try page().html
        #expect(html.contains("Of 4 cells: 3 unstable, 1 failed."))
        #expect(
            html.contains("<title>batch 2, 8 → 1\nout of pages, &quot;all&quot; of them</title>"))
        #expect(html.contains("class=\"value on-missing\">failed</text>"))
        #expect(html.contains("<td class=\"prose\">out of pages, &quot;all&quot; of them</td>"))
        #expect(html.contains("<td><span class=\"bad\">failed</span></td>"))
    }

    @Test func missingValueIsADashAndNeverAZero() throws {
        // One output token: no TPOT.
        #expect(try page().html.contains("<td class=\"number\"><span class=\"none\">–</span></td>"))
    }

    @Test func everyRowOfATableHasAFieldForEachColumn() throws {
        for table in try page(whole).html.split(separator: "<table").dropFirst() {
            let body = table.split(separator: "</table>")[0]
            let headers = body.components(of: "<th ")
            let rows = body.split(separator: "<tr>").dropFirst(2)
            #expect(headers > 0)
            #expect(rows.allSatisfy { $0.components(of: "<td") == headers })
        }
    }

    @Test func reportWithoutCellsIsStillAPage() throws {
        let manifest = ScriptedSweep().manifest
        let page = SweepPage(manifest: manifest, rows: []).page
        #expect(page.sections.map(\.anchor) == ["summary", "machine", "definitions"])
        #expect(page.html.contains("Nothing was measured."))
        #expect(HTMLOutline(page.html).fault == nil)
    }

    @Test func reportInWhichAllFailedIsStillAPage() throws {
        var sweep = ScriptedSweep()
        sweep.faults = ["b1-i4-o3", "b1-i8-o1", "b2-i4-o3", "b2-i8-o1"].map {
            .init($0, .prepare, .skip("no room"))
        }
        let page = try page(sweep)
        #expect(
            page.sections.map(\.anchor) == [
                "summary", "latency", "cells", "doubts", "machine", "definitions",
            ])
        #expect(page.html.contains("Nothing was measured."))
        #expect(page.html.contains("Of 4 cells: 4 skipped."))
    }

    @Test func estimatesHaveNoGapsToShow() throws {
        var sweep = ScriptedSweep()
        sweep.grid.method = .normal
        let page = try page(sweep)
        #expect(!page.sections.map(\.anchor).contains("positions"))
        #expect(!page.sections.map(\.anchor).contains("percentiles"))
        #expect(page.html.contains("常规估计法"))
    }

    @Test func eachSettingOfTheMachineHasItsOwnDrawings() throws {
        var sweep = ScriptedSweep()
        sweep.faults = []
        sweep.grid.settings[.threads] = [1, 2]
        let html = try page(sweep).html
        #expect(html.contains("<figcaption>TTFT, ms · t1</figcaption>"))
        #expect(html.contains("<figcaption>TTFT, ms · t2</figcaption>"))
        #expect(html.contains(">setting</th>"))
    }

    @Test func whatOthersAddStandsBeforeTheMachine() throws {
        let section = PageSection(anchor: "operators", title: "Operators", body: "<p>x</p>")
        let anchors = try page(additions: [section]).sections.map(\.anchor)
        #expect(anchors.contains("operators"))
        #expect(
            try #require(anchors.firstIndex(of: "operators"))
                < #require(anchors.firstIndex(of: "machine")))
    }

    @Test func otherTablesStandBesideOurs() throws {
        let header = PublishedTableTests.header
        let theirs = try PublishedTable(
            path: directory.write("\(header)\n1,4,3,17.8194815,31.3,79.5\n", to: "<b>.csv"))
        let report = try ReportDirectory(
            path: directory.path("r"), manifest: ScriptedSweep().manifest)
        try ScriptedSweep().run(into: report)
        let read = try Report(path: report.path)
        let beside = Beside(PublishedTable(read, path: report.path), theirs)
        let page = SweepPage(read, besides: [beside, beside]).page
        let html = page.html
        #expect(HTMLOutline(html).fault == nil)
        #expect(
            page.sections.map(\.anchor).filter { $0.hasPrefix("beside") } == [
                "beside-1", "beside-2",
            ])
        #expect(html.contains("<h2>Beside &lt;b&gt;.csv</h2>"))
        // 17.8194815 / 35.638963: half as fast.
        #expect(html.contains("data-order=\"0.5\">0.5000</td>"))
        #expect(html.contains("first token: 0.5000×"))
        #expect(html.contains(">as fast</text>"))
        #expect(html.contains("only ours"))
    }

    @Test func debugBuildIsCalledWorthless() throws {
        #expect(try page().html.contains("debug build: its times are worth nothing"))
        #expect(!(try page { $0.buildConfiguration = "release" }.html.contains("worth nothing")))
    }

    @Test func stampsInAnyOrderCrashNothing() throws {
        let report = try ReportDirectory(
            path: directory.path("r"), manifest: ScriptedSweep().manifest)
        try ScriptedSweep().run(into: report)
        let samples = try #require(directory.read("r/samples.jsonl"))
        for stamp in ["\"entry_ns\":0", "\"entry_ns\":18446744073709551615"] {
            directory.write(
                samples.replacing("\"entry_ns\":1000000", with: stamp), to: "r/samples.jsonl")
            let html = SweepPage(try Report(path: report.path)).page.html
            #expect(HTMLOutline(html).fault == nil)
        }
    }
}

extension StringProtocol {
    /// How often a part occurs.
    func components(of part: String) -> Int { ranges(of: part).count }
}
