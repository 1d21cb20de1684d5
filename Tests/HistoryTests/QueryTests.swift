import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

@testable import History

/// Finding runs, comparing them, and reading a metric over time.
@Suite struct QueryTests {
    private let reports = ScriptedReports()

    /// Four runs of a model, the third of which is slow, and one of another.
    private func history() throws -> HistoryDatabase {
        let history = try reports.history()
        let day = 86_400
        for (name, forward, age) in [
            ("a", 1_000_000, 4), ("b", 1_010_000, 3), ("c", 2_000_000, 2), ("d", 1_020_000, 1),
        ] as [(String, UInt64, Int)] {
            try reports.write(name, forward: forward, startedAt: 1_700_000_000 - age * day)
            try history.add(try reports.files(name))
        }
        try reports.write("e", model: "other", machine: "ffee", failing: true)
        try history.add(try reports.files("e"))
        return history
    }

    @Test func runsAreNewestFirst() throws {
        let names = try history().runs().map { $0.directory.suffix(1) }
        #expect(names == ["e", "d", "c", "b", "a"])
    }

    @Test func filters() throws {
        let history = try history()
        func names(_ filter: RunFilter) throws -> String {
            try history.runs(filter).map { $0.directory.suffix(1) }.joined()
        }
        #expect(try names(RunFilter(model: "tiny")) == "dcba")
        #expect(try names(RunFilter(model: "tin")) == "")
        #expect(try names(RunFilter(model: "' OR 1 = 1 --")) == "")
        #expect(try names(RunFilter(precision: "f32")) == "edcba")
        #expect(try names(RunFilter(precision: "int8")) == "")
        #expect(try names(RunFilter(machine: "0011")) == "dcba")
        #expect(try names(RunFilter(machine: "%")) == "")
        #expect(try names(RunFilter(since: Timestamp(iso8601: "2023-11-12T22:13:20Z"))) == "edc")
        #expect(try names(RunFilter(model: "other", since: Timestamp(seconds: 0))) == "e")
    }

    @Test func runIsFoundByTheBeginningOfItsID() throws {
        let history = try history()
        let run = try #require(try history.runs().first)
        #expect(try history.run(run.shortID) == run)
        #expect(throws: HistoryError.noRun(id: "xyz")) { try history.run("xyz") }
        #expect(throws: HistoryError.noRun(id: "")) { try history.run("") }
        #expect(throws: HistoryError.noRun(id: "%")) { try history.run("%") }
        let all = try history.runs().map(\.id)
        // Of 17 ids two would begin with the same digit; of five, no digit need be shared.
        let first = Dictionary(grouping: all) { $0.prefix(1) }
        for (digit, ids) in first where ids.count > 1 {
            #expect(throws: HistoryError.ambiguous(id: String(digit), runs: ids.sorted())) {
                try history.run(String(digit))
            }
        }
    }

    @Test func comparisonIsTheOneOfTheReports() throws {
        let history = try history()
        let (before, after) = try history.lastTwo(RunFilter(model: "tiny"))
        #expect(before.directory.hasSuffix("c") && after.directory.hasSuffix("d"))
        let kept = try Comparison(try history.side(of: before), try history.side(of: after))
        let original = try Comparison(
            ComparisonSide(path: reports.directory.path("c")),
            ComparisonSide(path: reports.directory.path("d")))
        #expect(kept.metrics == original.metrics)
        #expect(kept.differences == original.differences)
        #expect(kept.metrics.first?.cells.first?.outcome == .faster)
        let slower = try Comparison(try history.side(of: after), try history.side(of: before))
        #expect(slower.hasRegression)
        #expect(throws: HistoryError.tooFewRuns(found: 1)) {
            try history.lastTwo(RunFilter(model: "other"))
        }
    }

    @Test(arguments: [
        ("tpot_p50", "tpot_median_ms"), ("tpot_median_ms", "tpot_median_ms"),
        ("ttft_p95", "ttft_p95_ms"), ("e2e", "e2e_tokens_per_s"),
        ("prefill", "prefill_tokens_per_s"), ("response_time_mean", "response_time_mean_s"),
        ("memory_peak", "memory_peak_bytes"), ("drift", "drift"),
        ("itl_slope", "itl_slope_ms_per_1000_tokens"),
    ])
    func metricIsFound(_ name: String, _ column: String) throws {
        #expect(try reports.history().metricColumn(name) == column)
    }

    @Test(arguments: ["tpot", "", "speed", "status", "run", "tpot_median_ms; DROP TABLE runs", "_"])
    func noMetric(_ name: String) throws {
        let history = try reports.history()
        let error = #expect(throws: HistoryError.self) { try history.metricColumn(name) }
        guard case .noMetric(name, let similar) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(similar.contains("tpot_median_ms") == name.hasPrefix("tpot"))
    }

    @Test func seriesAreOfOneSubjectEach() throws {
        let history = try history()
        let series = try history.series(of: "tpot_median_ms")
        #expect(series.map(\.point) == ["b1-i8-o4", "b2-i8-o4", "b1-i8-o4"])
        #expect(series.map(\.subject.model) == ["tiny", "tiny", "other"])
        #expect(series[0].values.map { ($0.value * 1000).rounded() } == [1002, 1012, 2002, 1022])
        #expect(series[0].values.map(\.startedAt.seconds).first == 1_700_000_000 - 4 * 86_400)

        let ofMachine = try history.series(of: "tpot_median_ms", RunFilter(machine: "00"))
        #expect(ofMachine.map(\.point) == ["b1-i8-o4", "b2-i8-o4"])
        let chosen = try history.series(
            of: "tpot_median_ms", RunFilter(machine: "00"), at: PointChoice("2x8x4"))
        #expect(chosen.map(\.point) == ["b2-i8-o4"])
        #expect(throws: HistoryError.nothingToPlot(metric: "tpot_median_ms")) {
            try history.series(
                of: "tpot_median_ms", RunFilter(model: "other"), at: PointChoice("2x8x4"))
        }
    }

    @Test func pointIsSizesOrAName() {
        #expect(PointChoice("1x512x128") == .sizes(batch: 1, input: 512, output: 128))
        #expect(PointChoice("b1-i512-o128-t2") == .id("b1-i512-o128-t2"))
        #expect(PointChoice("512x128") == nil)
        #expect(PointChoice("1x2xthree") == nil)
        #expect(PointChoice("") == nil)
    }
}
