import GRDB
import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

@testable import History

/// A history of version 1, which kept no samples, under this program.
@Suite struct MigrationTests {
    private let reports = ScriptedReports()

    private var path: String { reports.directory.path("history.sqlite") }

    /// Makes one by the first migration, with 20 runs of two points each; closed when it returns.
    private func makeFirstVersion() throws {
        let history = try HistoryDatabase(path: path, schema: 1)
        try history.write { database in
            for number in 1...20 {
                try database.execute(
                    sql: """
                        INSERT INTO runs VALUES (?, ?, ?, NULL, 'completed', '0.1.0', 'release',
                            'tokenmark', 'tiny', 'f32', 'cpu', NULL, 'reports/old', ?, '{}')
                        """,
                    arguments: [
                        number, "000000000000000\(number % 10)\(number / 10)",
                        Timestamp(seconds: 1_600_000_000 + number).iso8601,
                        "2020-09-13T12:26:40Z",
                    ])
                for batch in [1, 2] {
                    try database.execute(
                        sql: """
                            INSERT INTO points (run, id, batch, input_tokens, output_tokens, status,
                                perf_mode, repetitions, ttft_median_ms, ttft_n, response_time_n,
                                tpot_n, prefill_n, itl_n, e2e_of_repetitions_n)
                            VALUES (?, ?, ?, 8, 4, 'ok', 'detail', 6, ?, 6, 6, 6, 6, 6, 6)
                            """,
                        arguments: [number, "b\(batch)-i8-o4", batch, Double(number) + 0.5])
                }
            }
        }
    }

    private func rows(_ table: String, _ database: Database) throws -> [GRDB.Row] {
        try GRDB.Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY rowid")
    }

    @Test func nothingIsLost() throws {
        try makeFirstVersion()
        let before = try DatabaseQueue(path: path).read { database in
            #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == 1)
            #expect(try !database.tableExists("samples"))
            return (try rows("runs", database), try rows("points", database))
        }
        #expect(before.0.count == 20 && before.1.count == 40)

        let history = try HistoryDatabase(existing: path)
        let after = try history.read { database in
            #expect(try Int.fetchOne(database, sql: "PRAGMA user_version") == Schema.current)
            #expect(try database.tableExists("samples"))
            #expect(try Int.fetchOne(database, sql: "SELECT count(*) FROM labels") == 0)
            return (try rows("runs", database), try rows("points", database))
        }
        #expect(after.0 == before.0)
        #expect(after.1 == before.1)
        #expect(try history.runs().count == 20)
        #expect(try history.series(of: "ttft_median_ms", at: .id("b2-i8-o4"))[0].values.count == 20)
    }

    @Test func runWithoutSamplesSaysSo() throws {
        try makeFirstVersion()
        let history = try HistoryDatabase(existing: path)
        let run = try #require(try history.runs().first)
        #expect(throws: HistoryError.noSamples(id: run.shortID)) { try history.report(of: run) }
        #expect(throws: HistoryError.noSamples(id: run.shortID)) { try history.side(of: run) }
        let table = try history.pointsTable(of: run).split(separator: "\n")
        #expect(table.count == 4)
        #expect(
            table[3].split(separator: "|").map { $0.filter { $0 != " " } } == [
                "b2-i8-o4", "ok", "6", "20.5", "", "", "", "",
            ])
    }

    /// Version 2 had no labels.
    @Test func aDatabaseWithoutLabelsThatCannotBeWrittenIsRead() throws {
        try reports.write("r")
        do {
            let old = try HistoryDatabase(path: path, schema: 2)
            try old.add(try reports.files("r"))
        }
        let history = try HistoryDatabase(unwritable: path)
        #expect(try history.runs().map(\.labels) == [[:]])
        let labelled = RunFilter(labels: try Labels(["a=1"]))
        #expect(try history.runs(labelled) == [])
        #expect(throws: HistoryError.nothingToPlot(metric: "tpot_median_ms")) {
            try history.series(of: "tpot_median_ms", labelled)
        }
        #expect(try history.points().rows.count == 2)
    }

    /// A label comes with the report that has it, also into a history of version 2.
    @Test func labelsComeWithTheNextReport() throws {
        do {
            _ = try HistoryDatabase(path: path, schema: 2)
        }
        try reports.write("r", labels: ["a=1"])
        let history = try HistoryDatabase(creating: path)
        try history.add(try reports.files("r"))
        #expect(try history.runs().map(\.labels) == [["a": "1"]])
    }

    @Test func reportAddedAgainBringsItsSamples() throws {
        let report = try Report(path: try reports.write("r"))
        do {
            let history = try HistoryDatabase(path: path, schema: 1)
            try history.write { database in
                try database.execute(
                    sql: """
                        INSERT INTO runs VALUES (1, ?, ?, ?, 'completed', '0.1.0', 'release',
                            'scripted', 'tiny', 'f32', 'cpu', NULL, 'reports/old', ?, '{}')
                        """,
                    arguments: [
                        report.manifest.runID, report.manifest.startedAt,
                        report.manifest.finishedAt, "2020-09-13T12:26:40Z",
                    ])
            }
        }
        let history = try HistoryDatabase(creating: path)
        let (id, addition) = try history.add(try reports.files("r"))
        #expect(addition == .replaced)
        #expect(try history.report(of: try history.run(id)) == report)
        #expect(try history.runs().count == 1)
    }
}
