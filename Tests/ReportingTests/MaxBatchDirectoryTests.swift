import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

/// A search for the largest batch that was cut off goes on from what it tried.
struct MaxBatchDirectoryTests {
    private let directory = TemporaryDirectory()

    private var manifest: Manifest {
        var manifest = ScriptedSweep().manifest
        manifest.grid = Grid(batches: [1], pairs: [LengthPair(8, 2)], warmup: 0)
        return manifest
    }

    private static func probe(_ batch: Int, fits: Bool) -> Probe {
        let point = Point(batch: batch, inputLength: 8, outputLength: 2)
        guard fits else {
            return Probe(
                point: point, status: .oom, reason: "too much", predictedBytes: 900, peakBytes: 800,
                observation: nil)
        }
        return Probe(
            point: point, status: .ok, reason: nil, predictedBytes: 90, peakBytes: 80,
            observation: Observation(
                lockStep: Trace(
                    callEntry: 10, callEnd: 100,
                    steps: [
                        StepStamps(
                            loopTop: 11, inputsPrepared: 12, forwardDone: 50, tokenBooked: 51),
                        StepStamps(
                            loopTop: 52, inputsPrepared: 53, forwardDone: 90, tokenBooked: 95),
                    ]),
                sequences: batch, inputTokens: 8, outputTokens: 2))
    }

    @Test func whatWasTriedIsNotTriedAgain() throws {
        let probes = [
            Self.probe(1, fits: true), Self.probe(2, fits: true), Self.probe(4, fits: false),
        ]
        do {
            let cutOff = try MaxBatchDirectory(path: directory.path("r"), manifest: manifest)
            for probe in probes { try cutOff.record(probe) }
        }
        // As a process that was killed while it wrote leaves it.
        let text = try #require(directory.read("r/probes.jsonl"))
        directory.write(text + "{\"batch\":", to: "r/probes.jsonl")
        let resumed = try MaxBatchDirectory(
            resuming: directory.path("r"), under: ReportDirectory.lock(directory.path("r")),
            manifest: manifest)
        var tried: [Int] = []
        let result = try MaxBatchSearch(range: 1...8).run { batch in
            if let earlier = resumed.takeEarlier(
                Point(batch: batch, inputLength: 8, outputLength: 2))
            {
                return earlier
            }
            tried.append(batch)
            let probe = Self.probe(batch, fits: batch < 3)
            try resumed.record(probe)
            return probe
        }
        #expect(tried == [3, 2])
        #expect(result.batch == 2)
        #expect(result.probes.prefix(3) == probes[...])
        resumed.add(MaxBatchReport.Entry(pair: LengthPair(8, 2), result: result))
        try resumed.end(.completed)
        #expect(directory.read("r/probes.jsonl")?.split(separator: "\n").count == 5)
        #expect(directory.read("r/max_batch.csv")?.contains("\n2,8,2,") == true)
    }

    @Test func anotherSearchIsRefused() throws {
        _ = try MaxBatchDirectory(path: directory.path("r"), manifest: manifest)
        var other = manifest
        other.engine.precision = "int8"
        let error = #expect(throws: ReportingError.self) {
            try MaxBatchDirectory(
                resuming: directory.path("r"), under: ReportDirectory.lock(directory.path("r")),
                manifest: other)
        }
        #expect(error?.description.contains("precision is int8 and was f32") == true)
    }

    @Test(arguments: [
        #"{"schema":1,"batch":0,"input_tokens":8,"output_tokens":2,"status":"oom"}"#,
        #"{"schema":9,"batch":1,"input_tokens":8,"output_tokens":2,"status":"oom"}"#,
        #"{"schema":1,"batch":1,"input_tokens":8,"output_tokens":2,"status":"ok"}"#,
        #"{"schema":1,"batch":1,"input_tokens":8,"output_tokens":2,"status":"ok","call":{"entry_ns":1,"end_ns":2,"steps_ns":[[1,2,3,4]]}}"#,
        "[]",
    ])
    func aLineThatIsNoAttemptIsNamed(_ line: String) throws {
        _ = try MaxBatchDirectory(path: directory.path("r"), manifest: manifest)
        directory.write(line + "\n", to: "r/probes.jsonl")
        let error = #expect(throws: ReportingError.self) {
            try MaxBatchDirectory(
                resuming: directory.path("r"), under: ReportDirectory.lock(directory.path("r")),
                manifest: manifest)
        }
        #expect(error?.description.contains("probes.jsonl, line 1: ") == true)
    }
}
