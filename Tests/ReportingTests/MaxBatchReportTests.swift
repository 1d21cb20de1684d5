import Reporting
import Sweep
import Testing

struct MaxBatchReportTests {
    private static func probe(_ batch: Int, reason: String? = nil, stolen: Int) -> Probe {
        var conditions = RunConditions(
            elapsedNanoseconds: 1_000_000, involuntarySwitches: 0, minorFaults: 0, majorFaults: 0,
            threads: 2)
        conditions.stealNanoseconds = stolen
        return Probe(
            point: Point(batch: batch, inputLength: 8, outputLength: 4), status: .ok,
            reason: reason, predictedBytes: 100, peakBytes: 90, observation: nil,
            conditions: [conditions])
    }

    /// 2 % of the time of two threads is 40 µs; a disturbance decides nothing, and is told.
    @Test func aDisturbedProbeSaysSoInItsRow() throws {
        let manifest = Manifest(
            toolVersion: "0", commandLine: [], buildConfiguration: "release",
            engine: EngineIdentity(
                engine: "scripted", model: "tiny", precision: "f32", vocabularySize: 100,
                parameterCount: 1),
            grid: Grid(batches: [1], pairs: [LengthPair(8, 4)]))
        var report = MaxBatchReport(manifest: manifest)
        var tries = 0
        let result = MaxBatchSearch(range: 2...3, confirmations: 0).run { batch in
            tries += 1
            return Self.probe(
                batch, reason: batch == 2 ? nil : "too slow", stolen: tries == 3 ? 0 : 40_000)
        }
        report.entries = [MaxBatchReport.Entry(pair: LengthPair(8, 4), result: result)]
        let stolen = "disturbed: the hypervisor took 2 % of the time"
        #expect(
            report.probesCSV.split(separator: "\n").dropFirst() == [
                "2,8,4,passed,ok,\(stolen),,,100,90",
                "3,8,4,failed,ok,too slow; \(stolen),,,100,90",
                "3,8,4,failed,ok,too slow,,,100,90",
            ])
    }
}
