import Basics
import Reporting
import TestSupport
import Testing

@testable import History

/// Runs of one subject whose engines were not the same.
@Suite struct FingerprintTests {
    private let reports = ScriptedReports()

    @Test func runsOfOtherEnginesAreOtherSeries() throws {
        for (index, threads) in [1, 2, 1].enumerated() {
            try reports.write("r\(index)", startedAt: 1_700_000_000 + index, threads: threads)
        }
        let history = try reports.history()
        for index in 0..<3 { try history.add(try reports.files("r\(index)")) }
        let series = try history.series(of: "tpot_median_ms", at: .id("b1-i8-o4"))
        #expect(series.map(\.values.count) == [2, 1])
        #expect(series[0].subject.title(in: .en).hasSuffix("machine 00112233, threads 1"))
        #expect(series[1].subject.title(in: .en).hasSuffix("machine 00112233, threads 2"))
    }

    @Test func whatAllHaveIsNotSaid() throws {
        for index in 0..<2 {
            try reports.write("r\(index)", startedAt: 1_700_000_000 + index, threads: 2)
        }
        let history = try reports.history()
        for index in 0..<2 { try history.add(try reports.files("r\(index)")) }
        let series = try history.series(of: "tpot_median_ms", at: .id("b1-i8-o4"))
        #expect(series.map(\.values.count) == [2])
        #expect(series[0].subject.title(in: .en).hasSuffix("machine 00112233"))
    }

    /// Columns that came later have their place, and can be drawn.
    @Test func laterColumnsAreMetricsToo() throws {
        try reports.write("r")
        let history = try reports.history()
        try history.add(try reports.files("r"))
        #expect(try history.metricColumn("energy") == "energy_j")
        #expect(throws: HistoryError.nothingToPlot(metric: "energy_j")) {
            try history.series(of: "energy_j")
        }
    }

    @Test func reportsOfVersion1AreKeptAsTheyAre() throws {
        let history = try reports.history()
        let folder = "Tests/ReportingTests/Fixtures/version1"
        for name in ["detail", "normal", "settings"] {
            let path = Repository.path("\(folder)/\(name)")
            let (id, _) = try history.add(try ReportFiles(path: path))
            let kept = try history.report(of: try history.run(id))
            #expect(kept.rows == (try Report(path: path)).rows)
        }
        #expect(try history.runs().count == 3)
        // Another thread, another instruction set: the id of the point says it.
        let series = try history.series(of: "tpot_median_ms")
        #expect(series.contains { $0.point == "b1-i8-o3-t1-avx2" })
    }
}
