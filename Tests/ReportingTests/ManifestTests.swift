import Reporting
import Sweep
import TestSupport
import Testing

struct ManifestTests {
    @Test func jsonIsSnakeCaseAndSorted() throws {
        var manifest = ScriptedSweep().manifest
        struct Pin: Encodable {
            var askedCPU: Int
            var gotCPU: Int?
        }
        try manifest.set("pins", to: [Pin(askedCPU: 1, gotCPU: nil)])
        manifest.grid.pairs = [LengthPair(4, 3)]
        manifest.grid.batches = [1]
        #expect(
            try manifest.json() == """
                {
                  "build_configuration" : "debug",
                  "clock_epoch" : {
                    "monotonic_ns" : 5,
                    "unix_ns" : 7
                  },
                  "command_line" : [
                    "tokenmark",
                    "sweep"
                  ],
                  "engine" : {
                    "device" : "cpu",
                    "engine" : "scripted",
                    "model" : "tiny",
                    "parameter_count" : 1234,
                    "precision" : "f32",
                    "vocabulary_size" : 100
                  },
                  "grid" : {
                    "batches" : [
                      1
                    ],
                    "control_runs" : 0,
                    "interleaved" : false,
                    "pairs" : [
                      {
                        "input" : 4,
                        "output" : 3
                      }
                    ],
                    "perf_mode" : "detail",
                    "repetitions" : 1,
                    "restarts_every_round" : false,
                    "seed" : 0,
                    "settings" : {

                    },
                    "stamps_steps" : true,
                    "warms_up_until_flat" : false,
                    "warmup" : 0
                  },
                  "schema_version" : 2,
                  "sections" : {
                    "pins" : [
                      {
                        "asked_cpu" : 1
                      }
                    ]
                  },
                  "started_at" : "2023-11-14T22:13:20Z",
                  "status" : "running",
                  "tool_version" : "0.1.0",
                  "warnings" : [

                  ]
                }

                """)
    }

    @Test func sectionsKeepTheKindsOfTheirValues() throws {
        struct Machine: Encodable {
            var name = "cpu 0"
            var smt = false
            var coreCount = 2
            var gigahertz = 2.5
            var nodes = ["0": [1, 2]]
        }
        #expect(
            try JSONValue(encoding: Machine())
                == .object([
                    "name": .string("cpu 0"), "smt": .bool(false), "core_count": .integer(2),
                    "gigahertz": .number(2.5),
                    "nodes": .object(["0": .array([.integer(1), .integer(2)])]),
                ]))
    }

    @Test func valueThatJSONCannotHoldIsAnError() {
        #expect(throws: ReportingError.self) { try JSONValue(encoding: [Double.infinity]) }
    }

    @Test func timestampsAreUTC() {
        let time = Timestamp(seconds: 1_700_000_000)
        #expect(time.iso8601 == "2023-11-14T22:13:20Z")
        #expect(time.fileName == "20231114T221320Z")
    }
}
