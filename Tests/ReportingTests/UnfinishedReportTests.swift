import Basics
import Glibc
import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

/// Reports of sweeps that did not end well: what was measured, and what was not.
struct UnfinishedReportTests {
    private let directory = TemporaryDirectory()
    private static let documents = "performance_test_cpu_tiny_f32.csv"

    private func write(
        _ sweep: ScriptedSweep = ScriptedSweep(), stopAfter rows: Int? = nil
    ) throws -> ReportDirectory {
        let report = try ReportDirectory(path: directory.path("r"), manifest: sweep.manifest)
        try sweep.run(into: report) { rows.map { report.rows.count >= $0 } ?? false }
        return report
    }

    /// Writes the manifest again with something changed.
    private func change(_ report: ReportDirectory, _ change: (inout Manifest) -> Void) throws {
        var manifest = report.manifest
        change(&manifest)
        directory.write(try manifest.json(), to: "r/manifest.json")
    }

    private func edit(_ name: String, _ change: (String) -> String) throws {
        directory.write(change(try #require(directory.read("r/\(name)"))), to: "r/\(name)")
    }

    @Test func interruptedSweepShowsEveryPlannedPoint() throws {
        let written = try write(stopAfter: 1)
        let read = try Report(path: written.path)
        #expect(read.rows.map(\.point.id) == ["b1-i4-o3", "b1-i8-o1", "b2-i4-o3", "b2-i8-o1"])
        #expect(read.rows.map(\.status) == [.ok, .notRun, .notRun, .notRun])
        #expect(read.warnings == [])
        // The files on the disk say the same.
        #expect(read.rows == written.rows)
        #expect(directory.read("r/summary.csv") == read.summaryCSV)
        #expect(directory.read("r/tables.md") == read.tablesText)
        #expect(directory.read("r/\(Self.documents)") == read.documentsCSV)

        let tables = read.tablesText
        #expect(tables.contains("**interrupted: the table holds what was measured until then.**"))
        #expect(
            tables.contains(
                "| 2          | 8            | 1             |                   |"))
        #expect(
            tables.contains("| b2-i8-o1 | not_run | the sweep was interrupted before it |"))
        #expect(
            read.summaryCSV.contains(
                "\nb1-i8-o1,1,8,1,not_run,the sweep was interrupted before it,detail,0,,"))
        #expect(read.documentsCSV.hasSuffix("\n1,8,1,,,,,\n2,4,3,,,,,\n2,8,1,,,,,\n"))
        #expect(try read.json().contains("\"status\" : \"not_run\""))
    }

    @Test func resumingMeasuresWhatWasNotRun() throws {
        let sweep = ScriptedSweep()
        _ = try write(stopAfter: 1)
        let resumed = try ReportDirectory(
            resuming: directory.path("r"), manifest: sweep.manifest)
        try sweep.run(into: resumed, after: resumed.earlier)
        let read = try Report(path: directory.path("r"))
        #expect(read.rows.map(\.status) == [.ok, .ok, .ok, .failed])
        #expect(directory.read("r/summary.csv") == read.summaryCSV)
        #expect(directory.read("r/\(Self.documents)") == read.documentsCSV)
    }

    @Test func whatFailedIsTriedAgainWhenAsked() throws {
        var sweep = ScriptedSweep()
        try sweep.run(
            into: try ReportDirectory(path: directory.path("r"), manifest: sweep.manifest))
        sweep.faults = []
        let cases: [(retried: Set<Status>, last: Status)] = [
            ([], .failed), ([.crash], .failed), ([.failed], .ok),
        ]
        for (retried, last) in cases {
            let resumed = try ReportDirectory(
                resuming: directory.path("r"), manifest: sweep.manifest, retrying: retried)
            try sweep.run(into: resumed, after: resumed.earlier)
            let read = try Report(path: directory.path("r"))
            #expect(read.rows.map(\.status) == [.ok, .ok, .ok, last])
            #expect(directory.read("r/summary.csv") == read.summaryCSV)
        }
    }

    /// What it came out as before no longer holds once it is tried again.
    @Test func whatIsTriedAgainAndCutOffHasNotRun() throws {
        let sweep = ScriptedSweep()
        try sweep.run(
            into: try ReportDirectory(path: directory.path("r"), manifest: sweep.manifest))
        let resumed = try ReportDirectory(
            resuming: directory.path("r"), manifest: sweep.manifest, retrying: [.failed])
        try sweep.run(into: resumed, after: resumed.earlier) { true }
        let read = try Report(path: directory.path("r"))
        #expect(read.rows.map(\.status) == [.ok, .ok, .ok, .notRun])
    }

    /// Killed: nobody wrote how it ended, and the last line is half there.
    @Test func killedSweepSaysThatItMayStillRun() throws {
        let written = try write()
        try change(written) { $0.status = .running }
        try edit("samples.jsonl") { text in
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
            return lines[0] + "\n" + lines[1].prefix(40)
        }
        let read = try Report(path: written.path)
        #expect(read.rows.map(\.status) == [.ok, .notRun, .notRun, .notRun])
        #expect(read.warnings.count == 1 && read.warnings[0].contains("line 2: cut off"))
        #expect(read.tablesText.contains("**running: "))
        #expect(
            read.rows[1].reason == "the sweep has not come to it: it still runs, or was cut off")
    }

    @Test(arguments: [true, false])
    func reportWithoutASampleHasARowForEveryPoint(hasFile: Bool) throws {
        let written = try write()
        if hasFile {
            directory.write("", to: "r/samples.jsonl")
        } else {
            unlink(directory.path("r/samples.jsonl"))
        }
        let read = try Report(path: written.path)
        #expect(read.rows.map(\.status) == Array(repeating: .notRun, count: 4))
        #expect(read.warnings.count == (hasFile ? 0 : 1))
        #expect(read.rows[0].reason == "planned, but without a line in samples.jsonl")
        #expect(read.documentsCSV.split(separator: "\n").count == 5)
        #expect(read.summaryCSV.split(separator: "\n").count == 5)
        #expect(read.tablesText.contains("| b1-i4-o3 | not_run |"))
        // Nothing beside something: their cells stay, and there is no ratio.
        let theirs = try PublishedTable(
            path: directory.write(
                "\(PublishedTableTests.header)\n1,4,3,1,1,1\n", to: "theirs.csv"))
        let beside = Beside(PublishedTable(read, path: "r"), theirs)
        #expect(beside.pairs.count == 4)
        #expect(beside.pairs[0].theirs != nil && beside.pairs[0].speed(.firstToken) == nil)
        #expect(BesideText(beside).markdown.contains("未运行：在计划中"))
    }

    /// A sweep whose every point failed, and whose disk was full before the last.
    @Test func failedSweepShowsWhyAndWhatIsLeft() throws {
        var sweep = ScriptedSweep()
        sweep.faults = ["b1-i4-o3", "b1-i8-o1", "b2-i4-o3", "b2-i8-o1"].map {
            .init($0, .run(call: 0), .fail("no memory"))
        }
        let written = try write(sweep)
        try change(written) { $0.status = .failed }
        try edit("samples.jsonl") {
            $0.split(separator: "\n").dropLast().joined(separator: "\n") + "\n"
        }
        let read = try Report(path: written.path)
        #expect(read.rows.map(\.status) == [.failed, .failed, .failed, .notRun])
        #expect(read.rows.map(\.reason).dropLast().allSatisfy { $0 == "no memory" })
        #expect(read.rows[3].reason == "the sweep failed before it")
        #expect(read.tablesText.contains("**failed: "))
        #expect(read.rows.allSatisfy { $0.representative == nil })
    }

    @Test func halfMeasuredPointKeepsItsNumbersAndSaysHowMany() throws {
        var sweep = ScriptedSweep()
        sweep.grid.repetitions = 3
        let report = try ReportDirectory(path: directory.path("r"), manifest: sweep.manifest)
        var asked = 0
        try sweep.run(into: report) {
            asked += 1
            return asked > 2
        }
        let read = try Report(path: report.path)
        #expect(read.rows.map(\.status) == [.ok, .notRun, .notRun, .notRun])
        #expect(read.rows[0].doubts == ["2 of 3 repetitions"])
        #expect(read.rows[0].representative != nil)
    }

    /// Two reports that were cut off are compared by what both have; what one lost is a regression.
    @Test func comparisonSaysWhatWasNotRun() throws {
        let written = try write(stopAfter: 1)
        let side = try ComparisonSide(path: written.path)
        #expect(side.cells.filter(\.wasRun).map(\.id) == ["b1-i4-o3"])
        #expect(try Comparison(side, side).leftOut == [])
        let whole = try ReportDirectory(
            path: directory.path("whole"), manifest: ScriptedSweep().manifest)
        try ScriptedSweep().run(into: whole)
        let before = try ComparisonSide(path: whole.path)
        let lost = try Comparison(before, side)
        #expect(lost.lost.map(\.id) == ["b1-i8-o1", "b2-i4-o3"])
        #expect(lost.lost[0].reason.en == "in B not_run: the sweep was interrupted before it")
        let allowed = try Comparison(before, side, settings: .init(allowsMissing: true))
        #expect(allowed.lost == [] && allowed.verdict == .cannotTell)
        #expect(try Comparison(side, before).lost == [])
        #expect(side.notes.map(\.en).contains("the sweep did not end: it is interrupted"))
    }

    @Test func impossibleGridIsAWarning() throws {
        let written = try write()
        try change(written) { $0.grid.pairs[0].output = -3 }
        let read = try Report(path: written.path)
        #expect(read.rows.count == 4)
        #expect(read.warnings.count == 1)
        #expect(read.warnings[0].contains("has no possible grid"))
    }

    /// Axes whose product no memory holds are counted, not laid out.
    @Test func hugeAxesAreAWarning() throws {
        let written = try write()
        try change(written) {
            $0.grid.settings[.threads] = Array(repeating: 1, count: 60_000)
            $0.grid.settings[.cpus] = Array(repeating: "0", count: 60_000)
            $0.grid.settings[.numa] = Array(repeating: "local", count: 60_000)
            $0.grid.settings[.isa] = Array(repeating: "auto", count: 60_000)
        }
        let read = try Report(path: written.path)
        #expect(read.warnings.contains { $0.contains("has no possible grid") })
        #expect(read.tablesText.contains("| setting |"))
    }

    @Test func searchForTheLargestBatchIsNoSweep() throws {
        let written = try write()
        unlink(directory.path("r/samples.jsonl"))
        directory.write("", to: "r/max_batch.csv")
        let error = ReportingError.notASweep(path: written.path)
        #expect(throws: error) { try Report(path: written.path) }
        #expect(error.description.contains("max_batch.csv"))
    }
}
