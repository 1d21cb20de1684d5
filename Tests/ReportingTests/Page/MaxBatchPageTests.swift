import Basics
import Reporting
import Sweep
import TestSupport
import Testing

struct MaxBatchPageTests {
    private let directory = TemporaryDirectory()

    private var manifest: Manifest {
        get throws {
            var manifest = ScriptedSweep().manifest
            manifest.status = .completed
            try manifest.set("limits", to: ["memory_bytes": 2 << 30])
            return manifest
        }
    }

    private let curve = MaxBatchCurve(
        input: 256, output: 32, maxBatch: 11,
        points: [
            .init(
                batch: 8, passed: true, status: .ok, ttft: 100, tpot: 20,
                predictedBytes: 1 << 30, peakBytes: 1 << 30),
            .init(
                batch: 11, passed: true, status: .ok, ttft: 130, tpot: 24,
                predictedBytes: 3 << 29, peakBytes: 3 << 29),
            .init(
                batch: 12, passed: false, status: .oom, reason: "held <2.1 GiB>",
                predictedBytes: 9 << 28),
        ], notes: [Wording("one note")])

    @Test func pageHasAnswerCurvesAndAttempts() throws {
        let page = MaxBatchPage(manifest: try manifest, curves: [curve]).page
        #expect(page.sections.map(\.anchor) == ["summary", "curves", "attempts", "machine"])
        let html = page.html
        #expect(HTMLOutline(html).fault == nil)
        #expect(html.contains("Every pair has its largest batch."))
        #expect(html.contains("memory of the process at most 2.00 GiB"))
        for title in ["Memory, 256 → 32", "TTFT, 256 → 32", "TPOT, 256 → 32"] {
            #expect(html.contains("<figcaption>\(title)</figcaption>"))
        }
        #expect(html.contains("<td class=\"prose\">held &lt;2.1 GiB&gt;</td>"))
        #expect(html.contains("<span class=\"bad\">oom</span>"))
        #expect(html.contains(">limit</text>"))
    }

    @Test func pairWithoutAnAnswerSaysWhy() throws {
        let none = MaxBatchCurve(
            input: 8, output: 4, maxBatch: nil,
            points: [.init(batch: 1, passed: false, status: .oom, reason: "too small")])
        let some = MaxBatchPage(manifest: try manifest, curves: [curve, none]).page.html
        #expect(some.contains("Of 2 pairs of lengths 1 have a batch that passed."))
        #expect(some.contains("<td class=\"prose\">too small</td>"))
        let nothing = MaxBatchPage(manifest: try manifest, curves: []).page
        #expect(nothing.html.contains("No batch passed."))
        #expect(nothing.sections.map(\.anchor) == ["summary", "machine"])
    }

    @Test func reportIsReadBack() throws {
        directory.write(try manifest.json(), to: "manifest.json")
        directory.write(
            """
            [{"input_tokens": 8, "output_tokens": 4, "max_batch": 2, "points":
              [{"batch": 2, "passed": true, "predicted_bytes": 5, "peak_bytes": null}]}]
            """, to: "max_batch.json")
        #expect(MaxBatchPage.isReport(directory.path))
        let page = try MaxBatchPage(path: directory.path)
        #expect(
            page.curves == [
                MaxBatchCurve(
                    input: 8, output: 4, maxBatch: 2,
                    points: [.init(batch: 2, passed: true, predictedBytes: 5)])
            ])
        #expect(HTMLOutline(page.page.html).fault == nil)
    }

    @Test func fileThatIsNoCurveIsNamed() throws {
        directory.write(try manifest.json(), to: "manifest.json")
        let path = directory.write("[{\"input_tokens\": \"8\"}]", to: "max_batch.json")
        let error = #expect(throws: ReportingError.self) {
            try MaxBatchPage(path: directory.path)
        }
        #expect(error?.description.hasPrefix("\(path), line 1: ") == true)
    }

    @Test func sizesThatMakeNoSenseCrashNothing() throws {
        let curve = MaxBatchCurve(
            input: -1, output: .max, maxBatch: 0,
            points: [
                .init(batch: 0, passed: true, ttft: -1, predictedBytes: .max, peakBytes: .min),
                .init(batch: .max, passed: false, tpot: 1e300),
            ])
        let html = MaxBatchPage(manifest: try manifest, curves: [curve]).page.html
        #expect(HTMLOutline(html).fault == nil)
    }
}
