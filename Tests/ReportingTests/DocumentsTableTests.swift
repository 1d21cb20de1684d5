import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

struct DocumentsTableTests {
    @Test func csvIsThatOfTheDocuments() throws {
        #expect(
            CSV.text(Column.documents, try ScriptedSweep().rows()) == """
                batch_size,input_seq_len(Encoding),output_seq_len(Decoding),ResponseTime(s),\
                forward_first_token_time(ms),forward_next_token_time(ms),\
                pre_next_token_time(ms),post_next_token_time_post(ms)
                1,4,3,0.08,35.63896179199219,15.649999618530273,0.5,0.25
                1,8,1,0.04,35.63896179199219,,,
                2,4,3,0.11,71.27792358398438,15.649999618530273,0.5,0.25
                2,8,1,,,,,

                """)
    }

    @Test func normalMethodLeavesColumns7And8EmptyAndCountsBothCalls() throws {
        var sweep = ScriptedSweep()
        sweep.grid.method = .normal
        sweep.grid.batches = [1]
        sweep.grid.pairs = [LengthPair(4, 3)]
        // 42.638963 ms for 1 token, 75.438963 ms for 3: 118.08 ms, and 16.4 ms a token.
        #expect(
            CSV.text(Column.documents, try sweep.rows()).split(separator: "\n").last
                == "1,4,3,0.12,42.63896179199219,16.399999618530273,,")
    }

    @Test func withoutStampsOnlyTheResponseTimeIsThere() throws {
        var sweep = ScriptedSweep()
        sweep.grid.stampsSteps = false
        #expect(
            CSV.text(Column.documents, try sweep.rows()).split(separator: "\n")[1]
                == "1,4,3,0.08,,,,")
    }

    @Test(
        arguments: [
            (4_500_000_000, "4.5"), (9_020_000_000, "9.02"), (17_984_999_999, "17.98"),
            (17_985_000_001, "17.99"), (4_999_999, "0.0"), (1_115_000_001, "1.12"),
        ] as [(UInt64, String)])
    func responseTimeHasTwoDecimals(nanoseconds: UInt64, text: String) throws {
        let point = Point(batch: 1, inputLength: 1, outputLength: 1)
        let repetition = try Repetition(
            point: point, index: 0, seed: 0,
            calls: .detail(
                Observation(
                    lockStep: Trace(
                        callEntry: 0, callEnd: nanoseconds, steps: [], stampsSteps: false),
                    sequences: 1, inputTokens: 1, outputTokens: 1)))
        let row = Row(
            PointResult(point: point, status: .ok, reason: nil, repetitions: [repetition]),
            in: ScriptedSweep().grid)
        #expect(CSV.line(Column.documents, row) == "1,1,1,\(text),,,,\n")
    }

    @Test func rowIsTheRepetitionWithTheMedianResponseTime() throws {
        let point = Point(batch: 1, inputLength: 1, outputLength: 1)
        // Of four, the second shortest: 200 ms, whose forward pass is 90 ms.
        let times: [(response: UInt64, forward: UInt64)] = [
            (300, 10), (100, 20), (200, 90), (400, 30),
        ]
        let repetitions = try times.enumerated().map { index, time in
            try Repetition(
                point: point, index: index, seed: 0,
                calls: .detail(
                    Observation(
                        lockStep: Trace(
                            callEntry: 0, callEnd: time.response * 1_000_000,
                            steps: [
                                StepStamps(
                                    loopTop: 0, inputsPrepared: 0,
                                    forwardDone: time.forward * 1_000_000,
                                    tokenBooked: time.forward * 1_000_000)
                            ]),
                        sequences: 1, inputTokens: 1, outputTokens: 1)))
        }
        let row = Row(
            PointResult(point: point, status: .ok, reason: nil, repetitions: repetitions),
            in: ScriptedSweep().grid)
        #expect(CSV.line(Column.documents, row) == "1,1,1,0.2,90.0,,,\n")
    }

    @Test func nameHasDeviceModelAndPrecision() {
        let engine = EngineIdentity(
            model: "qwen1.5-0.5b", precision: "bf16", vocabularySize: 1, parameterCount: 1)
        #expect(
            ReportDirectory.documentsName(for: engine)
                == "performance_test_cpu_qwen1.5-0.5b_bf16.csv")
    }

    @Test func nameOfAModelNeverLeavesTheDirectory() {
        let engine = EngineIdentity(
            model: "../Qwen/my model", precision: "f32", vocabularySize: 1, parameterCount: 1)
        #expect(
            ReportDirectory.documentsName(for: engine)
                == "performance_test_cpu_.._Qwen_my_model_f32.csv")
    }
}
