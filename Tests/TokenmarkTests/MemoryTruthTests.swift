import Foundation
import Glibc
import TestSupport
import Testing

/// What a cell was predicted to take beside what it took.
@Suite struct MemoryTruthTests {
    @Test(arguments: [[], ["--in-process"]])
    func everyCellHasPredictionAndPeakAndNoFaultInItsCalls(_ more: [String]) throws {
        let model = try TinyModelFile()
        let result = try Program.run(
            [
                "sweep", "--weights", model.path, "--precision", "f32", "--batch", "1,4000",
                "--pairs", "30x4", "--repetitions", "2", "--no-roof", "--report-dir",
                model.directory.path("report"),
            ] + more)
        #expect(result.status == 0, "\(result.error)")
        let lines = try model.text("report/summary.csv").split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        func values(_ name: String) -> [Int] {
            guard let column = lines[0].firstIndex(of: name) else { return [] }
            return lines.dropFirst().compactMap { Int($0[column]) }
        }
        let predicted = zip(
            values("memory_weights_bytes"),
            zip(values("memory_kv_cache_bytes"), values("memory_scratch_bytes"))
        ).map { $0 + $1.0 + $1.1 }
        let peaks = values("memory_peak_bytes")
        #expect(predicted.count == 2 && peaks.count == 2)
        // The process itself is in both peaks: what the larger cell takes more is the session.
        let grown = Double(peaks[1] - peaks[0]) / Double(predicted[1] - predicted[0])
        #expect(abs(grown - 1) < 0.25, "\(grown)")
        // Pages of the program's own code may be met for the first time in a first call.
        #expect(values("page_faults_major") == [0, 0])
        #expect(values("page_faults_minor").allSatisfy { $0 < 200 })
    }
}
