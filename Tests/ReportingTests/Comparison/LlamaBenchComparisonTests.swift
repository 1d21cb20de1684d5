import Basics
import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

struct LlamaBenchComparisonTests {
    private let directory = TemporaryDirectory()

    /// A line as llama-bench prints it.
    private func line(
        prompt: Int = 0, generated: Int = 0, depth: Int = 0, _ samples: String, threads: Int = 2
    ) -> String {
        """
        {"build_commit": "0a1f017", "cpu_info": "EPYC", "model_filename": "m.gguf", "model_type": \
        "qwen2 1B Q8_0", "n_threads": \(threads), "n_prompt": \(prompt), "n_gen": \(generated), \
        "n_depth": \(depth), "test_time": "2026-01-01T00:00:00Z", "avg_ns": 1, "stddev_ns": 0, \
        "avg_ts": 1.0, "stddev_ts": 0.0, "samples_ns": \(samples), "samples_ts": [ 1.0 ]}

        """
    }

    private func batched(_ pl: Int, _ pp: Int, _ tg: Int, shared: Int = 0) -> String {
        """
        {"n_kv_max": 4096, "n_batch": 2048, "n_ubatch": 512, "flash_attn": 0, "is_pp_shared": \
        \(shared), "n_gpu_layers": -1, "n_threads": 2, "n_threads_batch": 2, "pp": \(pp), "tg": \
        \(tg), "pl": \(pl), "n_kv": 100, "t_pp": 0.5, "speed_pp": 400.000000, "t_tg": 0.2, \
        "speed_tg": 80.000000, "t": 0.7, "speed": 142.000000}

        """
    }

    private func side(_ text: String) throws -> ComparisonSide {
        try ComparisonSide(path: directory.write(text, to: "b.jsonl"))
    }

    /// A side of ours with prefill and decode rates.
    private func ours(_ points: [Point]) -> ComparisonSide {
        ComparisonSide(
            "ours",
            points.map {
                ComparedCell(
                    id: $0.id, shape: $0.shape,
                    values: [
                        .ttft: [1, 2], .tpot: [3, 4], .prefill: [100, 100, 100, 100, 100],
                        .decode: [20, 20, 20, 20, 20],
                    ])
            }, facts: [Fact("threads", "1"), Fact("model", "qwen", .refused)])
    }

    @Test func promptsAndGenerationsMeetTheirPhase() throws {
        let text =
            line(prompt: 256, "[1280000000, 1280000000, 1280000000, 1280000000, 1280000000]")
            + "\n" + line(generated: 32, "[800000000, 800000000, 800000000, 800000000, 800000000]")
            + line(generated: 64, "[1600000000]")
        let b = try side(text)
        #expect(b.source == .llamaBench)
        #expect(b.cells.map(\.id) == ["pp256", "tg32", "tg64"])
        #expect(b.cells[0].values == [.prefill: Array(repeating: 200, count: 5)])

        let points = [
            Point(batch: 1, inputLength: 256, outputLength: 32),
            Point(batch: 2, inputLength: 256, outputLength: 32),
        ]
        let comparison = try Comparison(ours(points), b)
        #expect(
            ComparisonText(comparison).text.replacing(directory.path, with: "…") == """
                A: ours
                B: …/b.jsonl
                differs: threads is 1 in A and 2 in B
                differs: model is qwen in A and m in B
                note on B: llama-bench's pp is taken as prefill tokens/s at batch 1: the prompt's \
                decode call alone, as ours; it samples nothing, so it has no TTFT
                note on B: llama-bench's tg is taken as decode tokens/s at batch 1: n steps without \
                sampling; ours are the n − 1 steps after the first token, sampling and booking included
                note on B: tg32 starts after 0 tokens of context, b1-i256-o32 after 256: run \
                llama-bench with -d 256

                prefill, tokens/s
                  b1-i256-o32  faster 2.00× [2.00, 2.00]  100.0 → 200.0

                decode, tokens/s
                  b1-i256-o32  faster 2.00× [2.00, 2.00]  20.00 → 40.00

                Not compared
                  b2-i256-o32: only in A
                  tg64: only in B

                × is the speed of B over A's, of medians over repetitions, with its 95 % interval; faster \
                and slower are significant at 5 % over all cells and metrics, and by more than 2 %; no \
                difference has its interval within 0.980 to 1.020.

                No regression found; 0 of 2 results cannot tell.

                """)
        let turned = try Comparison(b, ours(points))
        #expect(turned.metrics.map { $0.cells[0].outcome } == [.slower, .slower])
        #expect(turned.hasRegression)
    }

    @Test func theNearestContextIsTaken() throws {
        let b = try side(
            line(generated: 32, "[800000000]") + line(generated: 32, depth: 256, "[640000000]"))
        let points = [Point(batch: 1, inputLength: 256, outputLength: 32)]
        let comparison = try Comparison(ours(points), b)
        #expect(comparison.metrics[0].cells[0].b.median == 50)
        #expect(!comparison.b.notes.contains { $0.en.contains("context") })
        #expect(comparison.leftOut == [])
    }

    @Test func aRunThatIsAppendedIsMoreRepetitions() throws {
        let text = line(prompt: 10, "[1000000000]") + line(prompt: 10, "[500000000, 250000000]")
        #expect(
            try side(text).cells == [ComparedCell(id: "pp10", values: [.prefill: [10, 20, 40]])])
    }

    @Test func mixedTestsAreLeftOutAndSaid() throws {
        let b = try side(
            line(prompt: 10, "[1000000000]") + line(prompt: 10, generated: 5, "[1000000000]"))
        #expect(b.cells.count == 1)
        #expect(b.notes.last?.en == "pp10+tg5 mixes prefill and decode in one rate: left out")
    }

    @Test func batchedCellsAreOurPoints() throws {
        let point = Point(batch: 4, inputLength: 50, outputLength: 4)
        let b = try side("\n" + batched(4, 50, 4) + batched(1, 50, 4))
        #expect(b.source == .llamaBatchedBench)
        let comparison = try Comparison(ours([point]), b)
        #expect(comparison.metrics.map(\.metric) == [.prefill, .decode])
        let cells = comparison.metrics.map { $0.cells[0] }
        let few = "5 and 1 repetitions; at least 4 more are needed"
        #expect(cells.map { $0.whyOpen?.en } == [few, few])
        #expect(cells.map { $0.speed?.ratio.rounded() } == [4, 4])
        #expect(comparison.leftOut.map(\.id) == ["b1-i50-o4"])
    }

    /// What llama.cpp says of the devices it found, on the same stream.
    @Test func whatWasSaidBeforeIsLeftOutAndQuoted() throws {
        let result = line(prompt: 8, "[1000, 1000]")
        let banner = "ggml_cuda_init: found 1 device\r\n  Device 0: \u{1B}[1mGPU, \"VMM\"\n\n"
        let b = try side(banner + result)
        #expect(b.cells == (try side(result)).cells)
        #expect(
            b.notes.last?.en
                == "left out, as it is no JSON: \"ggml_cuda_init: found 1 device \", "
                + "\"Device 0:  [1mGPU, \"VMM\"\"")
        #expect(try side(result).notes.count == b.notes.count - 1)
        let long = String(repeating: "x", count: 90) + "\n"
        let note = try side(String(repeating: long, count: 5) + batched(1, 8, 4)).notes.last?.en
        #expect(note?.hasSuffix("\"\(long.prefix(80))…\" and 2 more") == true)
    }

    /// What PowerShell writes for `>`.
    @Test func outputInUTF16IsTheSame() throws {
        let text = line(prompt: 8, "[1000, 1000]").replacing("EPYC", with: "EPYC™")
        let units = [0xFEFF] + Array(text.utf16)
        let bytes = units.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let path = directory.write(bytes, to: "b.jsonl")
        #expect(try ComparisonSide(path: path) == (try side(text)))
    }

    @Test func aSharedPromptIsNoPrefill() throws {
        let b = try side(batched(4, 50, 4, shared: 1))
        #expect(b.cells[0].values == [.decode: [80]])
        #expect(b.notes[0].en.contains("share one prompt"))
    }

    @Test(arguments: [
        ("", "neither"), ("\n\n", "neither"), ("[1]\n", "line 1: not a JSON object"),
        ("a\nb\n", "line 1: not a JSON object"), ("a\n{\n", "line 2: not a JSON object"),
        ("a {\"b\": 1\n", "line 1: not a JSON object"),
        ("{\"pp\": 1, \"tg\": 1, \"pl\": 1}\nbuild: 1\n", "\"speed_pp\" is missing"),
        ("{\"a\": 1}\n", "neither"),
        ("{\"n_prompt\": 1, \"n_gen\": 0}\n", "\"samples_ns\" is missing"),
        ("{\"n_prompt\": 1, \"n_gen\": 0, \"samples_ns\": []}\n", "\"samples_ns\" is not a list"),
        ("{\"n_prompt\": 1, \"n_gen\": 0, \"samples_ns\": [0]}\n", "\"samples_ns\" has 0"),
        (
            "{\"n_prompt\": 1, \"n_gen\": 0, \"samples_ns\": [1e-300]}\n",
            "\"samples_ns\" has 1e-300"
        ),
        (
            "{\"n_prompt\": 1, \"n_gen\": 0, \"samples_ns\": [null]}\n",
            "\"samples_ns\" has not given"
        ),
        ("{\"n_prompt\": -1, \"n_gen\": 0, \"samples_ns\": [1]}\n", "\"n_prompt\" is -1"),
        ("{\"n_prompt\": 1e99, \"n_gen\": 0, \"samples_ns\": [1]}\n", "\"n_prompt\" is 1e+99"),
        ("{\"n_prompt\": 0, \"n_gen\": 0, \"samples_ns\": [1]}\n", "a test without tokens"),
        (
            "{\"n_prompt\": 1, \"n_gen\": 0, \"samples_ns\": [1]}\n{\"n_gen\": 1",
            "line 2: not a JSON"
        ),
        ("{\"pp\": 1, \"tg\": 1, \"pl\": 0}\n", "\"pl\" is 0"),
        ("{\"pp\": 1, \"tg\": 1, \"pl\": 1, \"speed_pp\": 1}\n", "\"speed_tg\" is missing"),
        ("{\"pp\": 1, \"tg\": 1, \"pl\": 1, \"speed_pp\": -nan}\n", "line 1: not a JSON object"),
    ])
    func hostileLinesAreNamed(text: String, says: String) throws {
        let error = #expect(throws: ReportingError.self) { try side(text) }
        #expect(try #require(error).description.contains(says), "\(error?.description ?? "")")
    }

    @Test func anotherConfigurationInOneFileIsRefused() throws {
        let text = line(prompt: 8, "[1]") + line(prompt: 8, "[1]", threads: 4)
        let error = #expect(throws: ReportingError.self) { try side(text) }
        #expect(
            try #require(error).description.hasSuffix(
                "line 2: n_threads is 4 and was 2: compare one configuration at a time"))
    }

    /// A reset of the terminal's colours, and a warning between two results.
    @Test func whatStandsBesideResultsLosesNone() throws {
        let (first, second) = (line(prompt: 8, "[1000]"), line(generated: 8, "[1000]"))
        let b = try side("\u{1B}[0m\(first)warning: {slow} clock\n\(second)~main: end\n")
        #expect(b.cells == (try side(first + second)).cells && b.cells.count == 2)
        #expect(
            b.notes.last?.en
                == "left out, as it is no JSON: \"[0m\", \"warning: {slow} clock\", \"~main: end\"")
    }

    /// As reports are; the folder and the precision may be others.
    @Test func otherModelsAreRefused() throws {
        let result = line(prompt: 8, "[1000]")
        func renamed(_ name: String) throws -> ComparisonSide {
            try side(result.replacing("m.gguf", with: name))
        }
        let a = try side(result)
        #expect(throws: ReportingError.otherModel(differences: ["model is m in A and n in B"])) {
            try Comparison(a, renamed("n.gguf"))
        }
        for name in ["/models/m.gguf", "m-Q4_K_M.gguf", "m.f16.gguf"] {
            _ = try Comparison(a, renamed(name))
        }
        _ = try Comparison(
            a, renamed("n.gguf"), settings: ComparisonSettings(allowsAnyModel: true))
    }
}
