import Foundation
import GRDB
import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

@testable import History

/// What is kept of a report, and what happens when it comes again.
@Suite struct AddingTests {
    private let reports = ScriptedReports()

    @Test func runIsKeptWithItsKeys() throws {
        try reports.write("r", failing: true)
        let history = try reports.history()
        let (id, addition) = try history.add(
            try reports.files("r"), at: Timestamp(seconds: 1_700_000_100))
        #expect(addition == .added)
        let run = try #require(try history.runs().first)
        #expect(run.id == id && id.count == 16 && run.shortID == String(id.prefix(8)))
        #expect(run.startedAt == "2023-11-14T22:13:20Z")
        #expect(run.finishedAt != nil)
        #expect(run.addedAt == "2023-11-14T22:15:00Z")
        #expect(run.status == "completed")
        #expect(run.toolVersion == "0.1.0" && run.build == "release")
        #expect(run.engine == "scripted" && run.device == "cpu")
        #expect(run.model == "tiny" && run.precision == "f32")
        #expect(run.machine == "00112233aabbccdd")
        #expect(run.directory == reports.directory.path("r"))
        #expect(run.points == 2 && run.failures == 1)
    }

    @Test func reportComesBackAsItWas() throws {
        let path = try reports.write("r", failing: true)
        let history = try reports.history()
        try history.add(try reports.files("r"))
        let original = try Report(path: path)
        try FileManager.default.removeItem(atPath: path)
        let run = try #require(try history.runs().first)
        let kept = try history.report(of: run)
        #expect(kept == original)
        #expect(kept.tablesText == original.tablesText)
        #expect(kept.rows.count == 2)
    }

    /// Every column that the table shares with summary.csv, with its value, and NULL for none.
    @Test func pointsHaveTheColumnsOfTheSummary() throws {
        let report = try Report(path: try reports.write("r", failing: true))
        let history = try reports.history()
        try history.add(try reports.files("r"))
        let rows = try history.read { database in
            try GRDB.Row.fetchAll(database, sql: "SELECT * FROM points ORDER BY rowid")
        }
        #expect(rows.count == 2)
        let own = ["run"]
        let summary = Dictionary(
            uniqueKeysWithValues: Reporting.Column<Reporting.Row>.summary.map { ($0.header, $0) })
        let missing = Set(summary.keys).subtracting(rows[0].columnNames)
        #expect(missing.isEmpty, "a column of the summary needs a migration of the schema")
        var values = 0
        for (row, expected) in zip(rows, report.rows) {
            for (name, value) in row where !own.contains(name) {
                let column = try #require(summary[name], "\(name) is no column of the summary")
                switch column.value(expected) {
                case .missing: #expect(value.isNull, "\(name)")
                case .integer(let number):
                    #expect(value.storage == .int64(Int64(number)), "\(name)")
                case .decimal(let number): #expect(value.storage == .double(number), "\(name)")
                case .text(let text): #expect(value.storage == .string(text), "\(name)")
                }
                values += value.isNull ? 0 : 1
            }
        }
        #expect(values > 60)
        #expect(rows[0]["tpot_median_ms"] == 1.002)
        #expect((rows[1]["tpot_median_ms"] as DatabaseValue).isNull)
        #expect(rows[1]["reason"] == "out of pages")
    }

    @Test func sameReportIsKnown() throws {
        try reports.write("r")
        let history = try reports.history()
        let first = try history.add(try reports.files("r"))
        try FileManager.default.copyItem(
            atPath: reports.directory.path("r"), toPath: reports.directory.path("copy"))
        let again = try history.add(try reports.files("copy"))
        #expect(again.addition == .known && again.id == first.id)
        #expect(try history.runs().count == 1)
    }

    @Test func resumedReportReplacesItsRows() throws {
        try reports.write("r", calls: 3)
        try FileManager.default.copyItem(
            atPath: reports.directory.path("r"), toPath: reports.directory.path("early"))
        let history = try reports.history()
        let first = try history.add(try reports.files("r"))
        let early = try #require(try history.runs().first)
        #expect(early.status == "interrupted" && early.points == 1 && early.notRun == 1)

        try reports.write("r")
        let second = try history.add(try reports.files("r"))
        #expect(second.addition == .replaced && second.id == first.id)
        let whole = try #require(try history.runs().first)
        #expect(whole.status == "completed" && whole.points == 2 && whole.notRun == 0)
        #expect(try history.report(of: whole).rows.map { $0.summary?.count } == [6, 6])
        #expect(try history.runs().count == 1)
        #expect(try count("points", in: history) == 2)

        #expect(try history.add(try reports.files("early")).addition == .kept)
        #expect(try history.run(second.id) == whole)
    }

    /// A copy whose end was edited in has the samples of the same run, and says more of it.
    @Test func laterEndReplacesTheManifest() throws {
        try reports.write("r")
        let history = try reports.history()
        try history.add(try reports.files("r"))
        let files = try reports.files("r")
        let finished = try #require(try Report(files).manifest.finishedAt)
        func edited(_ time: String) -> ReportFiles {
            ReportFiles(
                path: "edited",
                manifest: Data(
                    String(decoding: files.manifest, as: UTF8.self)
                        .replacingOccurrences(of: finished, with: time).utf8),
                samples: files.samples)
        }
        #expect(try history.add(edited("2001-01-01T00:00:00Z")).addition == .kept)
        #expect(try history.add(edited("2099-01-01T00:00:00Z")).addition == .replaced)
        #expect(try history.runs().map(\.finishedAt) == ["2099-01-01T00:00:00Z"])
    }

    @Test func otherSamplesOfTheSameRunAreRefused() throws {
        try reports.write("a", forward: 1_000_000)
        try reports.write("b", forward: 2_000_000)
        let history = try reports.history()
        let (id, _) = try history.add(try reports.files("a"))
        #expect(
            throws: HistoryError.otherSamples(path: reports.directory.path("b"), id: id)
        ) { try history.add(try reports.files("b")) }
        #expect(try history.report(of: try history.run(id)).rows[0].summary?.count == 6)
    }

    @Test func lineThatWasCutOffIsLeftOut() throws {
        let path = try reports.write("r")
        let samples = try #require(reports.directory.read("r/samples.jsonl"))
        reports.directory.write(samples + "{\"schema\":1,\"ki", to: "r/samples.jsonl")
        let history = try reports.history()
        let (id, _) = try history.add(try reports.files("r"))
        let kept = try history.report(of: try history.run(id))
        #expect(kept.rows == (try Report(path: path)).rows)
        #expect(kept.warnings == [])
    }

    @Test(arguments: [
        (#""started_at" : "2023-11-14T22:13:20Z""#, #""started_at" : "yesterday""#, "yesterday"),
        (
            #""started_at" : "2023-11-14T22:13:20Z""#, #""started_at" : "2023-02-30T22:13:20Z""#,
            "02-30"
        ),
        (#""schema_version" : 2"#, #""schema_version" : 7"#, "schema version 7"),
        (#""model" : "tiny""#, #""model" : 5"#, "model"),
    ])
    func badManifestIsRefused(_ was: String, _ now: String, _ says: String) throws {
        try reports.write("r")
        let manifest = try #require(reports.directory.read("r/manifest.json"))
        #expect(manifest.contains(was))
        reports.directory.write(
            manifest.replacingOccurrences(of: was, with: now), to: "r/manifest.json")
        let history = try reports.history()
        let error = #expect(throws: (any Error).self) { try history.add(try reports.files("r")) }
        #expect("\(error.map { "\($0)" } ?? "")".contains(says))
        #expect(try history.runs() == [])
    }

    @Test func failureInTheMiddleLeavesNothing() throws {
        try reports.write("r")
        let history = try reports.history()
        try history.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER fail BEFORE INSERT ON samples WHEN new.line = 5
                    BEGIN SELECT RAISE(ABORT, 'no more'); END
                    """)
        }
        #expect(throws: HistoryError.self) { try history.add(try reports.files("r")) }
        for table in ["runs", "points", "samples"] {
            #expect(try count(table, in: history) == 0, "\(table)")
        }
    }

    @Test func fullDiskIsSaid() throws {
        try reports.write("r")
        let history = try reports.history()
        try history.write { try $0.execute(sql: "PRAGMA max_page_count = 1") }
        #expect(throws: HistoryError.full(path: history.path)) {
            try history.add(try reports.files("r"))
        }
        #expect(try history.runs() == [])
    }

    @Test func controlCharactersAreReplaced() {
        #expect(visible("a\u{1B}[2Jb\nc\u{7F}ü") == "a\u{FFFD}[2Jb\u{FFFD}c\u{FFFD}ü")
    }

    private func count(_ table: String, in history: HistoryDatabase) throws -> Int? {
        try history.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
    }
}
