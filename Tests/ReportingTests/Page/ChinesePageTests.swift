import Basics
import Measurement
import Profiling
import Sweep
import TestSupport
import Testing

@testable import Reporting

/// Pages in Chinese: no English but names, and every number of the English page.
struct ChinesePageTests {
    private let directory = TemporaryDirectory()

    /// What others have written into the reports of these tests.
    private static let names = [
        "out of pages, \"all\" of them", "held by others",
    ]

    private func check(
        _ english: String, _ chinese: String, at location: SourceLocation = #_sourceLocation
    ) {
        #expect(HTMLOutline(chinese).fault == nil, sourceLocation: location)
        #expect(english.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">"), sourceLocation: location)
        #expect(chinese.hasPrefix("<!DOCTYPE html>\n<html lang=\"zh\">"), sourceLocation: location)
        checkWords(
            ReadableText(html: english), ReadableText(html: chinese), at: location)
    }

    private func checkWords(
        _ english: ReadableText, _ chinese: ReadableText, at location: SourceLocation
    ) {
        #expect(chinese.sentences(except: Self.names) == [], sourceLocation: location)
        #expect(chinese.numbersMissing(from: english) == [], sourceLocation: location)
        #expect(!english.sentences(except: Self.names).isEmpty, sourceLocation: location)
    }

    /// Costs, roofs, memory, disturbances, requests that differ, another table: all sections.
    private func rows(of sweep: ScriptedSweep) throws -> [Row] {
        let sink = RecordingSink()
        try sweep.run(into: sink)
        return sink.results.map { result in
            let repetitions = result.repetitions.map { repetition in
                var repetition = repetition
                repetition.memoryEstimate = MemoryEstimate(
                    weightsBytes: 1 << 30, kvCacheBytes: 3 << 20, scratchBytes: 5 << 20)
                repetition.memoryUse = MemoryUse(peakResidentBytes: 9 << 27)
                var conditions = RunConditions(
                    elapsedNanoseconds: 1_000_000_000, involuntarySwitches: 30_000,
                    minorFaults: 20_000, majorFaults: 2, threads: 2)
                conditions.migrations = 3
                conditions.runDelayNanoseconds = 500_000_000
                conditions.stealNanoseconds = 300_000_000
                conditions.hertzBefore = 3e9
                conditions.hertzAfter = 2e9
                repetition.conditions = [conditions]
                return repetition
            }
            // The cell of twice the batch stands for a control cell that drifted.
            let controls = [0, 2].compactMap { sink.results[$0].repetitions.first }
            let drift = Drift(
                controls.enumerated().map { ControlRun(group: $0, repetition: $1) })
            return Row(
                PointResult(
                    point: result.point, status: result.status, reason: result.reason,
                    repetitions: repetitions),
                in: sweep.grid, drift: drift)
        }
    }

    private var whole: ScriptedSweep {
        var sweep = ScriptedSweep()
        sweep.grid.repetitions = 10
        sweep.costs = PhaseCosts(
            prefill: Cost(bytes: 1e6, operations: 2e6), decode: Cost(bytes: 2e6, operations: 4e6))
        sweep.roofs = Array(
            repeating: Roof(readBytesPerSecond: 1e9, operationsPerSecond: 7e9), count: 100)
        return sweep
    }

    private func manifest(of sweep: ScriptedSweep) throws -> Manifest {
        var manifest = sweep.manifest
        manifest.finishedAt = "2023-11-14T22:13:21Z"
        try manifest.set(
            "machine",
            to: ["limits": ["memory_available_bytes": 8 << 30, "memory_headroom_bytes": 4 << 30]])
        try manifest.set("execution", to: ["threads": 2])
        try manifest.set("weights", to: ["origin": "random"])
        return manifest
    }

    private func beside() throws -> Beside {
        let header = PublishedTableTests.header
        let theirs = try PublishedTable(
            path: directory.write("\(header)\n1,4,3,17.8194815,31.3,0\n", to: "b.csv"))
        let report = try ReportDirectory(
            path: directory.path("ours"), manifest: ScriptedSweep().manifest)
        try ScriptedSweep().run(into: report)
        return Beside(try PublishedTable(path: report.path), theirs)
    }

    @Test(arguments: [
        (TimingMethod.detail, 10, Manifest.Status.completed), (.normal, 10, .interrupted),
        (.detail, 2, .running),
    ])
    func aSweep(method: TimingMethod, repetitions: Int, status: Manifest.Status) throws {
        var sweep = whole
        sweep.grid.method = method
        sweep.grid.repetitions = repetitions
        var manifest = try manifest(of: sweep)
        manifest.status = status
        let (rows, beside) = (try rows(of: sweep), try beside())
        func page(_ language: Language) -> Page {
            SweepPage(manifest: manifest, rows: rows, besides: [beside], in: language).page
        }
        check(page(.en).html, page(.zh).html)
        #expect(page(.zh).sections.map(\.anchor) == page(.en).sections.map(\.anchor))
        #expect(page(.zh).sections.contains { $0.anchor == "disturbances" })
        let first = "<dt>最短首 token 时延</dt>\n<dd class=\"figure\">"
        #expect(page(.zh).html.contains(first + (method == .detail ? "41.64" : "")))
    }

    /// Roofs that are not reached, or exceeded, and none; lengths that differ; a debug build.
    @Test func whatSweepsMaySayOtherwise() throws {
        var sweeps = [ScriptedSweep(), whole, whole, whole]
        sweeps[1].roofs = Array(
            repeating: Roof(readBytesPerSecond: 1, operationsPerSecond: 7e9), count: 100)
        sweeps[2].faults = []
        sweeps[2].grid.pairs = try Grid.product(
            inputs: ListText.lengths("8:64", axis: .input, part: .input),
            outputs: ListText.lengths("2:6", axis: .output, part: .output))
        sweeps[3].faults = ["b1-i4-o3", "b1-i8-o1", "b2-i4-o3", "b2-i8-o1"].map {
            .init($0, .prepare, .skip("held by others"))
        }
        for sweep in sweeps {
            let (manifest, rows) = (sweep.manifest, try sweep.rows())
            check(
                SweepPage(manifest: manifest, rows: rows).page.html,
                SweepPage(manifest: manifest, rows: rows, in: .zh).page.html)
        }
    }

    @Test func aReportWithoutCells() {
        let manifest = ScriptedSweep().manifest
        let (english, chinese) = (
            SweepPage(manifest: manifest, rows: []).page.html,
            SweepPage(manifest: manifest, rows: [], in: .zh).page.html
        )
        #expect(ReadableText(html: chinese).sentences(except: Self.names) == [])
        #expect(
            ReadableText(html: chinese).numbersMissing(from: ReadableText(html: english)) == [])
    }

    /// A side that is slower, one that lacks cells, another build: faster, slower, lost, cannot tell.
    @Test func aComparison() throws {
        func side(
            _ name: String, milliseconds: UInt64, count: Int = 10, fails: Bool = false
        ) throws -> ComparisonSide {
            let engine = ScriptedEngine { workload, step in
                .init(
                    pre: 1000, forward: (milliseconds + UInt64(step % 3)) * 1_000_000, post: 1000)
            }
            if fails { engine.faults = [.init("b2-i4-o3", .run(call: 0), .fail("held by others"))] }
            let grid = Grid(
                batches: [1, 2], pairs: [LengthPair(4, 3)], repetitions: count, warmup: 0)
            var manifest = Manifest(
                toolVersion: "0.\(milliseconds)", commandLine: [],
                buildConfiguration: fails ? "debug" : "release",
                engine: engine.identity, grid: grid, startedAt: Timestamp(seconds: 1_700_000_000))
            try manifest.set(
                "machine", to: ["transparent_huge_pages": name, "numa_balancing": name])
            let report = try ReportDirectory(path: directory.path(name), manifest: manifest)
            _ = try Runner(try grid.expand(), engine: engine, sink: report).run()
            return ComparisonSide(try Report(path: report.path), path: name)
        }
        let sides = [
            try side("a", milliseconds: 10), try side("b", milliseconds: 20, fails: true),
            try side("c", milliseconds: 5, count: 2), try side("d", milliseconds: 10),
        ]
        check(
            try ComparisonPage(of: sides).page.html,
            try ComparisonPage(of: sides, in: .zh).page.html)
        for other in sides.dropFirst() {
            let comparison = try Comparison(sides[0], other)
            let (english, chinese) = (
                ComparisonText(comparison), ComparisonText(comparison, in: .zh)
            )
            for path in [\ComparisonText.text, \.markdown] {
                checkWords(
                    ReadableText(lines: english[keyPath: path]),
                    ReadableText(lines: chinese[keyPath: path]), at: #_sourceLocation)
            }
            let document = ReportDocument(comparison, in: .zh)
            #expect(try ReportFormat.text.render(document) == chinese.text)
            #expect(
                try ReportFormat.csv.render(document)
                    == ReportFormat.csv.render(ReportDocument(comparison)))
            #expect(
                try ReportFormat.json.render(document)
                    == ReportFormat.json.render(ReportDocument(comparison)))
        }
    }

    @Test func aComparisonSaysItsOutcomeInChinese() throws {
        let comparison = try Comparison(
            ComparisonSide("a", [.spread("x", .ttft, around: 1), .spread("y", .ttft, around: 1)]),
            ComparisonSide("b", [.spread("x", .ttft, around: 2)]))
        let text = ComparisonText(comparison, in: .zh).text
        #expect(text.hasPrefix("A: a\nB: b\n\nTTFT, ms\n  x  更慢 0.50× ["))
        #expect(text.contains("\n丢失：在 A 中正常，在 B 中不是\n  y：仅 A 有\n"))
        #expect(text.hasSuffix("\n变慢：1 个结果中 1 个更慢，1 个单元丢失。\n"))
    }

    @Test func aSearch() throws {
        var manifest = try manifest(of: ScriptedSweep())
        try manifest.set("limits", to: ["memory_bytes": 2 << 30, "tpot_ms": 50, "ttft_ms": 200])
        func probe(
            _ batch: Int, reason: String? = nil, status: Status = .ok, step: UInt64 = 20
        ) throws -> Probe {
            let stamps = [step, 2 * step].map { $0 * 1_000_000 }
            let steps = [0, 1].map { index in
                StepStamps(
                    loopTop: index == 0 ? 0 : stamps[0],
                    inputsPrepared: index == 0 ? 0 : stamps[0], forwardDone: stamps[index],
                    tokenBooked: stamps[index])
            }
            let trace = Trace(callEntry: 0, callEnd: stamps[1], steps: steps)
            return Probe(
                point: Point(batch: batch, inputLength: 8, outputLength: 2), status: status,
                reason: reason, predictedBytes: batch << 27, peakBytes: batch << 27,
                observation: status == .ok
                    ? Observation(
                        lockStep: trace, sequences: batch, inputTokens: 8, outputTokens: 2) : nil)
        }
        let slow = try probe(9, reason: "TPOT of 60.0 ms is over the limit of 50.0 ms", step: 60)
        var report = MaxBatchReport(manifest: manifest)
        report.entries = [
            .init(
                pair: LengthPair(8, 2),
                result: MaxBatchSearch(range: 4...9).run { batch in
                    batch < 9 ? try? probe(batch) : slow
                }),
            .init(
                pair: LengthPair(16, 2),
                result: MaxBatchSearch(range: 1...1, confirmations: 0).run { _ in
                    try? probe(1, reason: "held by others", status: .oom)
                }),
            .init(pair: LengthPair(32, 2), result: .init()),
        ]
        let (english, chinese) = (
            ReportDocument(report, in: nil), ReportDocument(report, in: .zh)
        )
        check(
            try ReportFormat.html.render(english), try ReportFormat.html.render(chinese))
        let text = ReadableText(lines: try ReportFormat.text.render(chinese))
        #expect(text.sentences(except: Self.names) == [])
        #expect(
            text.numbersMissing(
                from: ReadableText(lines: try ReportFormat.text.render(english))) == [])
        #expect(try ReportFormat.html.render(chinese).contains("TPOT 60.0 ms 超过限值 50.0 ms"))
        #expect(try ReportFormat.json.render(chinese) == ReportFormat.json.render(english))
        #expect(report.tablesText.hasPrefix("# tiny, f32: largest batch\n\n| batch_size | input"))
        #expect(report.tablesText.contains("首token耗时（ms）"))
    }

    @Test func aProfile() throws {
        let manifest = try manifest(of: ScriptedSweep())
        for roof in [nil, Roof(readBytesPerSecond: 2e9, operationsPerSecond: 8e9)] {
            let profile = Profile(
                manifest: manifest, recording: Self.recording(roof: roof),
                pairs: [.init(plain: 2e6, recorded: 2.02e6)], spanNanoseconds: 80, isPerLayer: true)
            check(
                ProfilePage(profile, kernels: ["qkv": "matmul bf16"]).page.html,
                ProfilePage(profile, kernels: ["qkv": "matmul bf16"], in: .zh).page.html)
            checkWords(
                ReadableText(lines: profile.text()), ReadableText(lines: profile.text(in: .zh)),
                at: #_sourceLocation)
        }
    }

    /// Of two threads, one of which is late in an operator far from the roof.
    private static func recording(roof: Roof?) -> Recording {
        func span(_ thread: Int, _ work: Int, _ step: Int, _ start: UInt64, _ end: UInt64) -> Span {
            let released: UInt64 = step == 0 ? 900_000 : 1_900_000
            return Span(
                thread: thread, operatorIndex: work, layer: nil, step: step, start: start, end: end,
                released: work == 1 ? end : released)
        }
        return Recording(
            shape: Shape(batch: 1, inputLength: 4, outputLength: 2), threadCount: 2,
            operators: [
                Operator(
                    name: "qkv",
                    costs: PhaseCosts(
                        prefill: Cost(bytes: 3000, operations: 6000),
                        decode: Cost(bytes: 3000, operations: 6000))),
                Operator(name: "select", workforce: .host),
            ],
            steps: [
                StepStamps(
                    loopTop: 0, inputsPrepared: 0, forwardDone: 900_000, tokenBooked: 1_000_000),
                StepStamps(
                    loopTop: 1_000_000, inputsPrepared: 1_000_000, forwardDone: 1_900_000,
                    tokenBooked: 2_100_000),
            ],
            passes: [
                Pass(step: 0, start: 0, end: 900_000),
                Pass(step: 1, start: 1_000_000, end: 1_900_000),
            ],
            spans: [
                span(0, 0, 0, 0, 300_000), span(0, 1, 0, 900_000, 1_000_000),
                span(0, 0, 1, 1_000_000, 1_200_000), span(0, 1, 1, 1_900_000, 2_000_000),
                span(1, 0, 0, 0, 800_000), span(1, 0, 1, 1_000_000, 1_800_000),
            ],
            droppedSpans: 3, roofBefore: roof, roofAfter: roof)
    }

    /// A test that finds nothing must be able to find something.
    @Test func englishIsFound() {
        let text = ReadableText(
            html: "<p title=\"x\">中文 of three words</p><pre>a b c d</pre><svg aria-label=\"a b c\">"
        )
        #expect(text.sentences(except: []) == ["of three words", "a b c"])
        #expect(text.sentences(except: ["three words"]) == ["a b c"])
        let numbers = ReadableText(lines: "1.50 of 1 000 | 7")
        #expect(numbers.numbers == ["1.50": 1, "1": 1, "000": 1, "7": 1])
        #expect(
            ReadableText(lines: "7 7").numbersMissing(from: numbers) == ["000", "1", "1.50"])
    }
}
