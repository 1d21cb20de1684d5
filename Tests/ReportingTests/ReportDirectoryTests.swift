import Glibc
import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

struct ReportDirectoryTests {
    private let directory = TemporaryDirectory()
    private static let documents = "performance_test_cpu_tiny_f32.csv"

    private func report(
        _ name: String = "r", _ sweep: ScriptedSweep = ScriptedSweep()
    ) throws -> ReportDirectory {
        try ReportDirectory(path: directory.path(name), manifest: sweep.manifest)
    }

    @Test func finishedReportHasEveryFileAndNoOther() throws {
        let report = try report("deep/er/r")
        try ScriptedSweep().run(into: report)
        #expect(
            directory.entries(of: "deep/er/r") == [
                "manifest.json", Self.documents, "report.html", "samples.jsonl", "summary.csv",
                "tables.md",
            ])
    }

    @Test func filesHoldTheTables() throws {
        let report = try report()
        try ScriptedSweep().run(into: report)
        #expect(
            directory.read("r/\(Self.documents)") == CSV.text(Column.documents, report.rows))
        #expect(directory.read("r/summary.csv") == CSV.text(Column.summary, report.rows))
        #expect(directory.read("r/tables.md") == report.tablesText)
        #expect(report.rows.map(\.status) == [.ok, .ok, .ok, .failed])
    }

    @Test func sampleLineHasEveryStamp() throws {
        var sweep = ScriptedSweep()
        sweep.grid.batches = [1]
        sweep.grid.pairs = [LengthPair(4, 2)]
        let report = try report("r", sweep)
        try sweep.run(into: report)
        let line = try #require(directory.read("r/samples.jsonl"))
        let stamps = """
            "calls":[{"end_ns":59988963,"entry_ns":1000000,"input_tokens":4,"sequences":1,"steps_ns":\
            [[4000000,5000000,40638963,42638963],[42638963,43138963,58738963,58988963]],"tokens":2}]
            """
        #expect(line.contains(stamps))
        #expect(line.contains("\"schema\":2"))
        #expect(line.hasSuffix("}\n"))
    }

    /// Reads the files from within the sweep, as whoever looks on would.
    @Test func everyResultIsOnTheDiskBeforeTheNextStarts() throws {
        let report = try report()
        var counts: [[Int]] = []
        try ScriptedSweep().run(into: report) {
            counts.append(
                ["r/samples.jsonl", "r/summary.csv", "r/\(Self.documents)"].map {
                    directory.read($0)?.split(separator: "\n").count ?? 0
                })
            return false
        }
        // Asked before each repetition, of which every point has one, and after the last, which fails.
        #expect(counts == [[0, 1, 1], [1, 2, 2], [2, 3, 3], [3, 4, 4], [3, 4, 4]])
    }

    @Test func manifestSaysHowItEnded() throws {
        let report = try report()
        var during = ""
        let outcome = try ScriptedSweep().run(into: report) {
            during = directory.read("r/manifest.json") ?? ""
            return report.rows.count == 1
        }
        #expect(outcome.ending == .interrupted)
        #expect(during.contains("\"status\" : \"running\""))
        let after = try #require(directory.read("r/manifest.json"))
        #expect(after.contains("\"status\" : \"interrupted\""))
        #expect(after.contains("\"finished_at\""))
        #expect(directory.read("r/tables.md")?.contains("**interrupted") == true)
    }

    @Test func warningsOfTheSweepAreInTheManifest() throws {
        var sweep = ScriptedSweep()
        sweep.grid.stampsSteps = false
        let report = try report("r", sweep)
        try sweep.run(into: report)
        #expect(report.manifest.warnings.contains { $0.contains("TIMEIT=0") })
    }

    @Test func directoryWithSomethingInItIsRefusedAndLeftAlone() throws {
        directory.write("precious", to: "note.txt")
        let error = ReportingError.occupied(path: directory.path)
        #expect(throws: error) {
            try ReportDirectory(path: directory.path, manifest: ScriptedSweep().manifest)
        }
        #expect(error.description.hasSuffix("choose another with --report-dir"))
        #expect(directory.entries == ["note.txt"])
    }

    @Test func directoryFilledAfterItWasCheckedIsLeftAlone() throws {
        let report = try report("r")
        mkdir(directory.path("r"), 0o755)
        directory.write("precious", to: "r/manifest.json")
        #expect(throws: ReportingError.occupied(path: report.path)) {
            try ScriptedSweep().run(into: report)
        }
        #expect(directory.read("r/manifest.json") == "precious")
    }

    @Test func emptyDirectoryIsTaken() throws {
        mkdir(directory.path("r"), 0o755)
        try ScriptedSweep().run(into: try report())
        #expect(directory.read("r/tables.md") != nil)
    }

    @Test func fileInPlaceOfTheDirectoryIsRefused() throws {
        let path = directory.write("", to: "file")
        #expect(throws: ReportingError.file(operation: "open", path: path, code: ENOTDIR)) {
            try ReportDirectory(path: path, manifest: ScriptedSweep().manifest)
        }
    }

    @Test func defaultPathIsDatedAndNeverTaken() {
        let engine = ScriptedEngine().identity
        let time = Timestamp(seconds: 1_700_000_000)
        let first = ReportDirectory.defaultPath(in: directory.path, for: engine, at: time)
        #expect(first == directory.path("20231114T221320Z-tiny-f32"))
        mkdir(first, 0o755)
        #expect(
            ReportDirectory.defaultPath(in: directory.path, for: engine, at: time)
                == first + "-2")
    }

    /// The disk fills when the first row of the documents' CSV is due: its device is always full.
    @Test func fullDiskEndsTheSweepAndKeepsWhatWasMeasured() throws {
        let report = try ReportDirectory(
            path: directory.path("r"), manifest: ScriptedSweep().manifest
        ) { path throws(ReportingError) in
            path.hasSuffix("summary.csv")
                ? try OutputFile(appendingTo: "/dev/full") : try OutputFile(creating: path)
        }
        let error = #expect(throws: ReportingError.self) {
            try ScriptedSweep().run(into: report)
        }
        #expect(error == .file(operation: "write", path: "/dev/full", code: ENOSPC))
        #expect(
            error?.description
                == "cannot write /dev/full: No space left on device; "
                + "free some space, or choose another disk")
        #expect(directory.read("r/manifest.json")?.contains("\"status\" : \"failed\"") == true)
    }

    @Test func diskThatFillsLaterKeepsEarlierRepetitions() throws {
        let report = try report()
        let sink = FillingSink(report, fullAfter: 2)
        #expect(throws: ReportingError.self) { try ScriptedSweep().run(into: sink) }
        let read = try Report(path: report.path)
        #expect(read.manifest.status == .failed)
        #expect(read.rows.map(\.status) == [.ok, .ok, .notRun, .notRun])
        #expect(directory.read("r/tables.md")?.contains("| 1          | 8 ") == true)
    }
}

/// A report whose disk is full after a number of records.
private final class FillingSink: Sink {
    private let report: ReportDirectory
    private var left: Int

    init(_ report: ReportDirectory, fullAfter count: Int) {
        self.report = report
        left = count
    }

    func begin(_ plan: Plan) throws { try report.begin(plan) }
    func record(_ repetition: Repetition) throws {
        if left == 0 { try OutputFile(appendingTo: "/dev/full").append("x") }
        left -= 1
        try report.record(repetition)
    }
    func record(_ control: ControlRun) throws { try report.record(control) }
    func finish(_ result: PointResult) throws { try report.finish(result) }
    func end(_ outcome: Outcome) throws { try report.end(outcome) }
}
