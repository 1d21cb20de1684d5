import Foundation
import GRDB
import Reporting
import Sweep
import TestSupport
import Testing

@testable import History

/// Histories that may only be read: nothing changes, and nothing appears beside them.
@Suite struct UnwritableTests {
    private let reports = ScriptedReports()
    private var path: String { reports.directory.path("history.sqlite") }

    /// The bytes of each file of the directory that belongs to the history.
    private func files() throws -> [String: Data] {
        let names = reports.directory.entries.filter { $0.hasPrefix("history.sqlite") }
        return Dictionary(
            uniqueKeysWithValues: try names.map {
                ($0, try Data(contentsOf: URL(fileURLWithPath: reports.directory.path($0))))
            })
    }

    private func makeHistory() throws {
        for (name, start) in [("a", 1_700_000_000), ("b", 1_700_000_500)] {
            try reports.write(name, startedAt: start)
            try reports.history().add(try reports.files(name))
        }
    }

    private func read() throws -> (runs: [StoredRun], report: Report, sides: Int) {
        let history = try HistoryDatabase(unwritable: path)
        let runs = try history.runs()
        let two = try history.lastTwo(RunFilter())
        let sides = try [two.before, two.after].map { try history.side(of: $0).cells.count }
        _ = try history.series(of: try history.metricColumn("tpot_p50"))
        return (runs, try history.report(of: try #require(runs.first)), sides.reduce(0, +))
    }

    @Test func withoutALogItIsReadAsItIs() throws {
        try makeHistory()
        let before = try files()
        #expect(Array(before.keys) == ["history.sqlite"])
        let found = try read()
        #expect(found.runs.count == 2)
        #expect(found.sides == 4)
        #expect(found.report == (try Report(path: reports.directory.path("b"))))
        #expect(try files() == before)
    }

    /// The log of a process that was killed, without its index.
    @Test func aLogIsReadWithIt() throws {
        try makeHistory()
        let away = TemporaryDirectory()
        do {
            let writer = try HistoryDatabase(creating: path)
            try reports.write("c", startedAt: 1_700_001_000)
            try writer.add(try reports.files("c"))
            for name in ["history.sqlite", "history.sqlite-wal"] {
                away.write(try #require(reports.directory.bytes(name)), to: name)
            }
        }
        let copy = away.path("history.sqlite")
        let history = try HistoryDatabase(unwritable: copy)
        #expect(try history.runs().count == 3)
        #expect(away.entries == ["history.sqlite", "history.sqlite-wal"])
        away.removeFile("history.sqlite-wal")
        #expect(try HistoryDatabase(unwritable: copy).runs().count == 2)
    }

    /// While another process has it open, the index of the log is there too.
    @Test func aLogInUseIsReadWithItsLocks() throws {
        try makeHistory()
        let writer = try HistoryDatabase(creating: path)
        try reports.write("c", startedAt: 1_700_001_000)
        try writer.add(try reports.files("c"))
        let names = Set(try files().keys)
        #expect(names.contains("history.sqlite-shm"))
        #expect(try read().runs.count == 3)
        #expect(Set(try files().keys) == names)
        #expect(try writer.runs().count == 3)
    }

    @Test func anOlderSchemaIsReadAndNotChanged() throws {
        do {
            let history = try HistoryDatabase(path: path, schema: 1)
            try history.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO runs VALUES (1, 'abcdef', '2020-09-13T12:26:40Z', NULL,
                            'completed', '0.1.0', 'release', 'tokenmark', 'tiny', 'f32', 'cpu', NULL,
                            'reports/old', '2020-09-13T12:26:40Z', '{}')
                        """)
                try database.execute(
                    sql: """
                        INSERT INTO points (run, id, batch, input_tokens, output_tokens, status,
                            perf_mode, repetitions, ttft_median_ms, ttft_n, response_time_n,
                            tpot_n, prefill_n, itl_n, e2e_of_repetitions_n)
                        VALUES (1, 'b1-i8-o4', 1, 8, 4, 'ok', 'detail', 6, 1.5, 6, 6, 6, 6, 6, 6)
                        """)
            }
        }
        let before = try files()
        let history = try HistoryDatabase(unwritable: path)
        let run = try #require(try history.runs().first)
        #expect(throws: HistoryError.noSamples(id: run.shortID)) { try history.report(of: run) }
        #expect(try history.pointsTable(of: run).contains("b1-i8-o4"))
        #expect(try history.series(of: "ttft_median_ms")[0].values.map(\.value) == [1.5])
        #expect(try files() == before)
    }

    @Test func whatIsNoHistoryIsRefusedAsElsewhere() throws {
        reports.directory.write("", to: "history.sqlite")
        #expect(throws: HistoryError.notAHistory(path: path, what: "it is empty")) {
            try HistoryDatabase(unwritable: path)
        }
        reports.directory.write(String(repeating: "garbage ", count: 200), to: "history.sqlite")
        #expect(throws: HistoryError.notAHistory(path: path, what: "it is no SQLite database")) {
            try HistoryDatabase(unwritable: path)
        }
        try FileManager.default.removeItem(atPath: path)
        try makeHistory()
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 99") }
        #expect(
            throws: HistoryError.newerSchema(path: path, found: 99, known: Schema.current)
        ) { try HistoryDatabase(unwritable: path) }
    }

    /// Characters that mean something in a URI.
    @Test func anyPathWillDo() throws {
        try makeHistory()
        let directory = TemporaryDirectory()
        let copy = directory.path("a b?mode=rwc#%20;ü.sqlite")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        #expect(try HistoryDatabase(unwritable: copy).runs().count == 2)
        #expect(directory.entries == ["a b?mode=rwc#%20;ü.sqlite"])
    }
}
