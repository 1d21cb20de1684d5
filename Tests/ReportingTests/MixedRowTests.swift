import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

/// Rows of points whose requests differ in their lengths.
struct MixedRowTests {
    private let directory = TemporaryDirectory()

    private func write(batch: Int) throws -> Report {
        var sweep = ScriptedSweep()
        sweep.faults = []
        sweep.grid.batches = [batch]
        sweep.grid.pairs = try Grid.product(
            inputs: ListText.lengths("8:64", axis: .input, part: .input),
            outputs: ListText.lengths("2:6", axis: .output, part: .output))
        let written = try ReportDirectory(path: directory.path("r"), manifest: sweep.manifest)
        try sweep.run(into: written)
        let report = try Report(path: written.path)
        #expect(report.rows == written.rows)
        return report
    }

    /// One alone has the timeline of its call, and is still no batch in lock step.
    @Test(arguments: [1, 5])
    func theirLengthsAreShown(batch: Int) throws {
        let report = try write(batch: batch)
        let row = try #require(report.rows.first)
        #expect(row.status == .ok)
        #expect(row.load?.requests.count == batch)
        let columns = Dictionary(
            uniqueKeysWithValues: Column.summary.map { ($0.header, $0.value(row)) })
        #expect(columns["requests"] == .integer(batch))
        #expect(columns["request_e2e_p50_ms"] != .missing)
        let page = SweepPage(report).page.html
        #expect(page.contains("id=\"requests\""))
        #expect(page.contains("8:64~uniform"))
        #expect(!page.contains("id=\"positions\""))
    }
}
