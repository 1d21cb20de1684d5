import Suite
import TestSupport
import Testing

@testable import Qwen
@testable import tokenmark

/// What a GGUF file says of answers and of the tokens around a text, in the commands.
@Suite struct GGUFAnswerTests {
    private let directory = TemporaryDirectory()

    /// The tiny model, whose first token of an answer is its last one.
    private func model(_ change: (inout GGUFWriter) -> Void) throws -> String {
        var writer = GGUFWriter.tinyModel()
        change(&writer)
        return directory.write(writer.bytes(), to: "model.gguf")
    }

    private func generate(_ path: String, _ arguments: String...) throws -> Program.Result {
        try Program.run(
            ["generate", "--weights", path, "--precision", "f32", "--prompt", "he said"] + arguments
        )
    }

    /// Whatever the key says: `<|endoftext|>` is not the end that it names.
    @Test func aTokenThatEndsByItsNameEndsAnAnswer() throws {
        func result(_ name: String) throws -> Program.Result {
            let path = try model {
                $0.set("tokenizer.ggml.tokens", .texts(GGUFWriter.byteTexts + ["he", name]))
                $0.set("tokenizer.ggml.eos_token_id", .uint32(0))
            }
            return try generate(path, "--max-new-tokens", "4")
        }
        let ended = try result("<|endoftext|>")
        #expect(ended.status == 0 && ended.output == "\n", "\(ended.error)")
        #expect(try result("<|other|>").output.hasPrefix("<|other|>"))
    }

    @Test func samplingKeysAreDefaults() throws {
        let path = try model {
            $0.set("tokenizer.ggml.eos_token_id", nil)
            $0.set("tokenizer.ggml.tokens", .texts(GGUFWriter.byteTexts + ["he", "<|other|>"]))
            $0.set("general.sampling.temp", .float32(100))
            $0.set("general.sampling.min_p", .float32(0.05))
            $0.set("general.sampling.mirostat_tau", .float32(5))
        }
        let drawn = try generate(path, "--max-new-tokens", "12")
        let greedy = try generate(path, "--max-new-tokens", "12", "--temperature", "0")
        #expect(drawn.status == 0 && drawn.output != greedy.output)
        #expect(drawn.error.contains("general.sampling.min_p"))
        #expect(!drawn.error.contains("mirostat"))
        // A file packed from it says the same.
        let packed = directory.path("packed")
        _ = try Program.run([
            "convert", "--weights", path, "--precision", "f32", "--output", packed,
        ])
        let kept = try Program.run([
            "generate", "--weights", packed, "--prompt", "he said", "--max-new-tokens", "12",
        ])
        #expect(kept.output == drawn.output)
    }

    @Test func aSuppressedTokenIsNeverChosen() throws {
        let path = try model {
            $0.set("tokenizer.ggml.suppress_tokens", .int32s((0..<258).filter { $0 != 65 } + [999]))
        }
        #expect(try generate(path, "--max-new-tokens", "3").output == "AAA\n")
        let none = try model { $0.set("tokenizer.ggml.suppress_tokens", .int32s(Array(0..<258))) }
        #expect(try generate(none).error.contains("leaves no token"))
    }

    @Test func aGuessedPatternIsSaidOnce() throws {
        let path = try model { $0.set("tokenizer.ggml.pre", nil) }
        let result = try Program.run(["tokenize", "--weights", path, "he"])
        #expect(result.output == "256\n")
        #expect(result.error.ranges(of: "'qwen2' is taken").count == 1)
        #expect(try generate(path).error.ranges(of: "'qwen2' is taken").count == 1)
        // What needs no text says nothing of it.
        let sweep = try Program.run([
            "sweep", "--weights", path, "--pairs", "8x4", "--report-dir", directory.path("report"),
        ])
        #expect(sweep.status == 0 && !sweep.error.contains("is taken"), "\(sweep.error)")
    }

    // MARK: - Perplexity

    /// As llama.cpp: the begin token is one of the text's tokens, and then every window's first.
    @Test func windowsBeginWithTheBeginToken() throws {
        let tokens = [9] + Array(20..<27)
        #expect(
            try PerplexityCommand.windows(of: tokens, 4, leading: [9])
                == [[9, 20, 21, 22], [9, 24, 25, 26]])
        #expect(
            try PerplexityCommand.windows(of: tokens, 4, leading: [])
                == [[9, 20, 21, 22], [23, 24, 25, 26]])
        #expect(throws: UsageError.self) {
            try PerplexityCommand.windows(of: tokens, 4, leading: [9, 9])
        }
    }

    @Test func perplexityEncodesWithTheBeginToken() throws {
        let text = directory.write(String(repeating: "ab", count: 15) + "c", to: "text")
        func windows(_ change: (inout GGUFWriter) -> Void) throws -> Program.Result {
            try Program.run([
                "perplexity", "--weights", model(change), "--precision", "f32", "--text", text,
                "--context", "16",
            ])
        }
        #expect(try windows { _ in }.output.contains(" in 1 windows of 16"))
        let begun = try windows {
            $0.set("tokenizer.ggml.bos_token_id", .uint32(257))
            $0.set("tokenizer.ggml.add_bos_token", .boolean(1))
        }
        #expect(begun.output.contains(" in 2 windows of 16"), "\(begun.error)")
        let ended = try windows { $0.set("tokenizer.ggml.add_eos_token", .boolean(1)) }
        #expect(ended.status == 2 && ended.error.contains("add_eos_token"))
    }

    /// A model with fewer rows than its tokenizer has tokens, one of which is in the text.
    @Test(arguments: [
        ["generate", "--prompt", "he"], ["perplexity", "--context", "4", "--text"],
    ])
    func tokensWithoutRowsAreRefused(_ arguments: [String]) throws {
        var writer = GGUFWriter.tinyModel()
        writer.tensors[0].dimensions = [8, 250]
        writer.tensors[0].data = Array(writer.tensors[0].data.prefix(250 * 8 * 4))
        let path = directory.write(writer.bytes(), to: "few.gguf")
        let text = arguments.last == "--text" ? [directory.write("he he he", to: "text")] : []
        let result = try Program.run(arguments + text + ["--weights", path])
        #expect(result.status == 2)
        #expect(result.error.contains("has the token 256, and the model rows for only 250"))
        let other = try Program.run(
            arguments.filter { $0 != "he" }
                + (text.isEmpty ? ["ab"] : [directory.write("abababab", to: "ab")])
                + ["--weights", path])
        #expect(other.status == 0, "\(other.error)")
    }
}
