import Fuzzer

@testable import Reporting

extension Reader {
    /// `manifest.json`, `samples.jsonl` and, of a search for the largest batch, `max_batch.json`.
    func readReport(_ input: Input, in scratch: Scratch) throws {
        scratch.write(
            input, to: ReportDirectory.manifestName, ReportDirectory.samplesName,
            MaxBatchCurve.fileName)
        if MaxBatchPage.isReport(scratch.path) {
            Trial.attempt { _ = try MaxBatchPage(path: scratch.path).page.html }
        }
        // Each is a command of its own, with a second of its own.
        let report = try Report(path: scratch.path)
        _ = (report.documentsCSV, report.summaryCSV, report.tablesText)
        begin_next()
        _ = try report.json()
        begin_next()
        _ = SweepPage(report).page.html
        begin_next()
        try compare(ComparisonSide(report, path: scratch.path))
        begin_next()
        _ = try ReportDirectory(resuming: scratch.path, manifest: report.manifest).earlier
    }

    /// The output of llama-bench or llama-batched-bench.
    func readLlamaBench(_ input: Input, in scratch: Scratch) throws {
        scratch.write(input.bytes, to: "bench.jsonl")
        try compare(ComparisonSide(path: scratch.path("bench.jsonl")))
    }

    private func compare(_ side: ComparisonSide) throws {
        _ = side.converted(to: side.cells)
        // A bootstrap is slow and reads nothing.
        let comparison = try Comparison(
            side, side, settings: ComparisonSettings(resamples: 10))
        _ = ComparisonText(comparison).text
        _ = try comparison.json()
    }
}
