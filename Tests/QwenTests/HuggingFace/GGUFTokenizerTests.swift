import JSON
import TestSupport
import Testing

@testable import Qwen

/// The tokenizer of a GGUF file, written for a Hugging Face directory.
@Suite struct GGUFTokenizerTests {
    private let directory = TemporaryDirectory()

    /// The tokenizers of a file and of the directory written from it.
    private func both(
        _ change: (inout GGUFWriter) -> Void
    ) throws -> (file: Tokenizer, directory: Tokenizer) {
        var writer = GGUFWriter.tinyModel()
        writer.set("tokenizer.ggml.merges", .texts(["h e"]))
        change(&writer)
        let model = try GGUFModel.reading(writer.bytes())
        let files = try ModelFiles(model)
        #expect(files.missingTokenizer == nil)
        for (name, bytes) in files.all(.f32) { directory.write(bytes, to: name) }
        return (try Tokenizer(model.file), try Tokenizer(path: directory.path))
    }

    @Test(arguments: GGUFSplitRule.named.keys.sorted())
    func textsHaveTheSameTokens(_ pattern: String) throws {
        let (file, read) = try both {
            $0.set("tokenizer.ggml.pre", .text(pattern))
            $0.set("tokenizer.ggml.bos_token_id", .uint32(257))
            $0.set("tokenizer.ggml.add_bos_token", nil)
            // "ll" is a token that no merge leads to.
            $0.set(
                "tokenizer.ggml.tokens", .texts(GGUFWriter.byteTexts + ["he", "<|end|>", "ll"]))
            $0.set(
                "tokenizer.ggml.token_type",
                .int32s([Int32](repeating: 1, count: 257) + [3, 1]))
        }
        for text in [
            "he said: the hen's 12345 \t \n\n eggs  ", "登鹳雀楼->王之涣", "é\u{0}<|end|>he",
            "cafe\u{301}", "ll", "a`b$c ٣1234  .", "ſ's",
        ] {
            for recognisesSpecials in [false, true] {
                #expect(
                    try read.encode(text, recognisesSpecials: recognisesSpecials)
                        == file.encode(text, recognisesSpecials: recognisesSpecials), "\(text)")
            }
        }
        #expect(read.vocabularySize == file.vocabularySize)
        #expect(read.endTokens == file.endTokens && read.leadingTokens == file.leadingTokens)
        #expect(read.warnings == [])
        // GGUF files do not name the normal form that goes with the pattern of Qwen.
        let isQwen = GGUFSplitRule.named[pattern]?.splitter == .qwen2
        #expect(try read.encode("e\u{301}").count == (isQwen ? 2 : 3))
    }

    @Test func kindsOfTokensAreKept() throws {
        let texts = GGUFWriter.byteTexts + ["he", "<|end|>", "<think>", "<5>", "", ""]
        let (file, read) = try both {
            $0.set("tokenizer.ggml.tokens", .texts(texts))
            $0.set(
                "tokenizer.ggml.token_type",
                .int32s([Int32](repeating: 1, count: 257) + [3, 4, 5, 1, 1]))
        }
        for tokenizer in [file, read] {
            #expect(try tokenizer.encode("he<think>a") == [256, 258, 97])
            #expect(try tokenizer.encode("<|end|>", recognisesSpecials: true) == [257])
            #expect(try !tokenizer.encode("<5>", recognisesSpecials: true).contains(259))
        }
    }

    @Test func theTokenBeforeATextIsKept() throws {
        let (file, read) = try both {
            $0.set("tokenizer.ggml.bos_token_id", .uint32(257))
            $0.set("tokenizer.ggml.add_bos_token", .boolean(1))
            $0.set("tokenizer.ggml.add_eos_token", .boolean(1))
        }
        #expect(file.leadingTokens == [257] && read.leadingTokens == [257])
        #expect(file.wantsTrailingTokens && read.wantsTrailingTokens)
    }

    @Test func howToAnswerIsKept() throws {
        var writer = GGUFWriter.tinyModel()
        writer.set("general.sampling.temp", .float32(0.7))
        writer.set("general.sampling.top_p", .float32(0.8))
        writer.set("general.sampling.penalty_repeat", .float32(1.05))
        writer.set("tokenizer.ggml.suppress_tokens", .int32s([4, 3]))
        let model = try GGUFModel.reading(writer.bytes())
        for (name, bytes) in try ModelFiles(model).all(.f32) { directory.write(bytes, to: name) }
        let read = try GenerationConfiguration(directory: directory.path, vocabularySize: 258)
        let file = try GenerationConfiguration(model.file, vocabularySize: 258)
        #expect(read.sampling(over: SamplingOptions()) == file.sampling(over: SamplingOptions()))
        #expect(read.topK == 0 && read.temperature == 0.7 && read.suppressedTokens == [3, 4])
    }

    @Test func aGuessIsSaid() throws {
        var writer = GGUFWriter.tinyModel()
        writer.set("tokenizer.ggml.pre", nil)
        let files = try ModelFiles(GGUFModel.reading(writer.bytes()))
        #expect(files.warnings.count == 1 && files.missingTokenizer == nil)
    }

    @Test func endsAndTemplateAreWritten() throws {
        _ = try both {
            $0.set("tokenizer.ggml.eot_token_id", .uint32(256))
            $0.set("tokenizer.chat_template", .text("{% \"quoted\"\n%}"))
        }
        let configuration = try GenerationConfiguration(
            directory: directory.path, vocabularySize: 258)
        #expect(configuration.endTokens == [256, 257])
        let json = try ModelFile(path: directory.path("tokenizer_config.json")).json()
        #expect(json["chat_template"] == "{% \"quoted\"\n%}")
        #expect(json["eos_token"] == "<|end|>")
        let model = try ModelFile(path: directory.path("config.json")).json()
        #expect(model["eos_token_id"] == [256, 257])
    }

    @Test func aTokenizerThatIsNotReadIsMissing() throws {
        var writer = GGUFWriter.tinyModel()
        writer.set("tokenizer.ggml.model", .text("llama"))
        let files = try ModelFiles(GGUFModel.reading(writer.bytes()))
        #expect(files.missingTokenizer?.contains("its tokenizer is 'llama'") == true)
        #expect(files.all(.f32).map(\.name) == ["config.json"])
    }

    @Test func whatIsNotDoneIsLeftOutAndSaid() throws {
        var writer = GGUFWriter.tinyModel()
        writer.set("general.sampling.min_p", .float32(0.05))
        let files = try ModelFiles(GGUFModel.reading(writer.bytes()))
        #expect(
            files.warnings == [
                "left out of generation_config.json, as it is not done here: general.sampling.min_p"
            ])
    }
}
