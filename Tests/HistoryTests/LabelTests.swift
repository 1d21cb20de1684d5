import GRDB
import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

@testable import History

/// Runs that are called something: found by it, exported with it, let go by it.
@Suite struct LabelTests {
    private let reports = ScriptedReports()
    private static let day = 86_400

    /// Runs a to d of a model, one a day, and e of another; a, b and d are of main.
    private func history() throws -> HistoryDatabase {
        let history = try reports.history()
        let written: [(name: String, labels: [String])] = [
            ("a", ["branch=main", "host=x"]), ("b", ["branch=main"]), ("c", []),
            ("d", ["branch=main", "host=x y's"]),
        ]
        for (index, (name, labels)) in written.enumerated() {
            try reports.write(
                name, startedAt: 1_700_000_000 + index * Self.day, labels: labels)
            try history.add(try reports.files(name))
        }
        try reports.write(
            "e", model: "other", startedAt: 1_700_000_000, labels: ["branch=fix"])
        try history.add(try reports.files("e"))
        return history
    }

    private func names(_ runs: [StoredRun]) -> String {
        runs.map { $0.directory.suffix(1) }.joined()
    }

    private func labelled(_ texts: String...) throws -> RunFilter {
        RunFilter(labels: try Labels(texts))
    }

    @Test func runsAreFoundByAllTheirLabels() throws {
        let history = try history()
        #expect(try names(history.runs(labelled("branch=main"))) == "dba")
        #expect(try names(history.runs(labelled("branch=main", "host=x"))) == "a")
        #expect(try names(history.runs(labelled("host=x y's"))) == "d")
        #expect(try names(history.runs(labelled("branch=mai"))) == "")
        #expect(try names(history.runs(labelled("host=%"))) == "")
        #expect(
            try history.run(history.runs()[0].id).labels == ["branch": "main", "host": "x y's"])
        let (before, after) = try history.lastTwo(labelled("branch=main"))
        #expect(names([before, after]) == "bd")
        let series = try history.series(of: "tpot_median_ms", labelled("branch=main"))
        #expect(series.map(\.values.count) == [3, 3])
    }

    @Test func aRunThatIsReplacedHasItsNewLabels() throws {
        let history = try reports.history()
        try reports.write("r", calls: 3, labels: ["a=1", "b=2"])
        try history.add(try reports.files("r"))
        try reports.write("r", labels: ["b=3"])
        #expect(try history.add(try reports.files("r")).addition == .replaced)
        #expect(try history.runs().map(\.labels) == [["a": "1", "b": "3"]])
        let count = try history.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM labels") }
        #expect(count == 2)
    }

    @Test func theNewestOfEachSeriesStay() throws {
        let history = try history()
        let all = RunFilter()
        #expect(try names(history.prune(all, keeping: 1, isTrial: true)) == "cba")
        #expect(try names(history.runs()) == "dcbea")
        #expect(try names(history.prune(all, keeping: 3, isTrial: false)) == "a")
        #expect(try history.runs().count == 4)
        #expect(try history.prune(all, keeping: 3, isTrial: false) == [])
        let left = try history.read { database in
            try ["points", "samples", "labels"].map {
                try Int.fetchOne(database, sql: "SELECT count(DISTINCT run) FROM \($0)")
            }
        }
        #expect(left == [4, 4, 3])
    }

    @Test func onlyWhatMatchesAndIsOldEnoughGoes() throws {
        let history = try history()
        var filter = try labelled("branch=main")
        filter.before = Timestamp(seconds: 1_700_000_000 + 3 * Self.day)
        #expect(try names(history.prune(filter, keeping: 0, isTrial: true)) == "ba")
        // The newest that match are d and b, whatever their age.
        #expect(try names(history.prune(filter, keeping: 2, isTrial: true)) == "a")
        filter.before = Timestamp(seconds: 1_700_000_000)
        #expect(try history.prune(filter, keeping: 0, isTrial: true) == [])
        filter.before = Timestamp(seconds: 1_700_000_001)
        #expect(try names(history.prune(filter, keeping: 0, isTrial: false)) == "a")
        #expect(try names(history.runs(RunFilter(model: "tiny"))) == "dcb")
    }

    @Test func everyPointIsALineWithItsRun() throws {
        let history = try history()
        let table = try history.points(labelled("branch=main"))
        #expect(
            table.header.prefix(13) == [
                "run", "run_status", "started_at", "finished_at", "tool_version", "build",
                "engine", "model", "precision", "device", "machine", "directory", "added_at",
            ])
        #expect(
            table.header[13...17] == [
                "label.branch", "label.host", "point", "batch", "input_tokens",
            ])
        #expect(table.header.contains("ttft_median_ms") && table.header.contains("setting_cpus"))
        #expect(Set(table.header).count == table.header.count)
        let (points, hosts) = (table.rows.map { $0[15].text }, table.rows.map { $0[14].text })
        #expect(points == (0..<3).flatMap { _ in ["b1-i8-o4", "b2-i8-o4"] })
        #expect(hosts == ["x", "x", "", "", "x y's", "x y's"])
        let starts = table.rows.map { $0[2].text }
        #expect(starts == starts.sorted() && starts[0] == "2023-11-14T22:13:20Z")
        let tpot = try #require(table.header.firstIndex(of: "tpot_median_ms"))
        for row in table.rows { #expect(abs((Double(row[tpot].text) ?? 0) - 1.002) < 1e-9) }
        #expect(try history.points(labelled("branch=none")).rows == [])
    }

    /// The file may come from anywhere: what stands in it is no label that we made.
    @Test func aLabelFromElsewhereIsShownAsText() throws {
        let history = try reports.history()
        try reports.write("r")
        let (id, _) = try history.add(try reports.files("r"))
        try history.write { database in
            try database.execute(
                sql: """
                    INSERT INTO labels
                    SELECT number, '=k' || char(10), '=cmd' FROM runs WHERE id = ?
                    """, arguments: [id])
        }
        let csv = CSV.text(try history.points())
        #expect(csv.contains(",\"label.=k\n\","))
        #expect(csv.contains(",'=cmd,b1-i8-o4,"))
    }

    @Test func seriesAreADocument() throws {
        let series = try history().series(of: "tpot_median_ms", at: .id("b1-i8-o4"))
        let document = ReportDocument(series, metric: "tpot_median_ms", width: 80)
        #expect(document.tables.map(\.name) == ReportDocument.seriesTables)
        let lines = try ReportFormat.csv.render(document).split(separator: "\n")
        #expect(lines[0] == "run,started_at,model,precision,machine,engine,point,metric,value")
        #expect(lines.count == 6)
        #expect(
            lines[1].contains(
                ",2023-11-14T22:13:20Z,tiny,f32,00112233aabbccdd,,b1-i8-o4,tpot_median_ms,1.00"))
        #expect(
            try ReportFormat.text.render(document)
                == SeriesText(series, metric: "tpot_median_ms", width: 80).text)
        let html = try ReportFormat.html.render(document)
        #expect(html.contains("<svg") && html.contains("<h2>values</h2>"))
    }
}
