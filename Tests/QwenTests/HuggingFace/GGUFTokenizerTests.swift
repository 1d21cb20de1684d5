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

    @Test(arguments: ["qwen2", "smollm"])
    func textsHaveTheSameTokens(_ pattern: String) throws {
        let (file, read) = try both { $0.set("tokenizer.ggml.pre", .text(pattern)) }
        for text in ["he said: the hen's 12345 \t \n\n eggs  ", "登鹳雀楼->王之涣", "é\u{0}<|end|>he"] {
            for recognisesSpecials in [false, true] {
                #expect(
                    try read.encode(text, recognisesSpecials: recognisesSpecials)
                        == file.encode(text, recognisesSpecials: recognisesSpecials))
            }
        }
        #expect(read.vocabularySize == file.vocabularySize)
        #expect(read.endTokens == file.endTokens && read.beginToken == nil)
        // GGUF files do not name the normal form that goes with the pattern of Qwen.
        #expect(try read.encode("e\u{301}").count == (pattern == "qwen2" ? 2 : 3))
    }

    @Test func theTokenBeforeATextIsKept() throws {
        let (file, read) = try both {
            $0.set("tokenizer.ggml.bos_token_id", .uint32(257))
            $0.set("tokenizer.ggml.add_bos_token", .boolean(1))
        }
        #expect(file.addsBeginToken && read.addsBeginToken)
        #expect(read.beginToken == 257)
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
}
