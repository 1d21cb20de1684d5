import TestSupport
import Testing

@testable import Qwen
@testable import tokenmark

/// `generation_config.json` of a directory: the defaults of what answers, and options win.
@Suite struct GenerationDefaultsTests {
    private let model = TinyModelDirectory()

    private func options(
        newTokens: Int? = nil, temperature: Float? = nil, topK: Int? = nil, topP: Float? = nil,
        repetitionPenalty: Float? = nil
    ) -> GenerationOptions {
        var options = GenerationOptions()
        options.maxNewTokens = newTokens
        options.temperature = temperature
        options.topK = topK
        options.topP = topP
        options.repetitionPenalty = repetitionPenalty
        return options
    }

    private func file(_ text: String) throws -> GenerationConfiguration {
        model.directory.write(text, to: "generation_config.json")
        return try GenerationConfiguration(directory: model.path, vocabularySize: 258)
    }

    private func generate(_ arguments: String...) throws -> Program.Result {
        try Program.run(
            ["generate", "--weights", model.path, "--precision", "f32", "--prompt", "he said"]
                + arguments)
    }

    @Test func optionsWinOverTheFileAndTheFileOverTheUsual() throws {
        let file = try file(
            """
            {"do_sample": true, "temperature": 0.7, "top_k": 20, "top_p": 0.8,
            "repetition_penalty": 1.05, "max_new_tokens": 512}
            """)
        let usual = options()
        #expect(usual.limit(GenerationConfiguration()) == 128)
        #expect(usual.sampling(GenerationConfiguration(), seed: 0) == SamplingOptions())
        #expect(usual.limit(file) == 512)
        let read = usual.sampling(file, seed: 3)
        #expect(read.temperature == 0.7 && read.topK == 20 && read.topP == 0.8)
        #expect(read.repetitionPenalty == 1.05 && read.seed == 3)
        let given = options(
            newTokens: 9, temperature: 0, topK: 3, topP: 1, repetitionPenalty: 1)
        let won = given.sampling(file, seed: 0)
        #expect(won.temperature == 0 && won.topK == 3 && won.topP == 1)
        #expect(won.repetitionPenalty == 1)
        #expect(given.limit(file, room: 2) == 9)
    }

    @Test func onlyAnOptionAsksForMoreThanThereIsRoomFor() throws {
        let file = try file(#"{"max_new_tokens": 512}"#)
        #expect(options().limit(file, room: 40) == 40)
        #expect(options().limit(file, room: -5) == 1)
        #expect(options().limit(GenerationConfiguration(), room: 40) == 40)
    }

    @Test func aDirectoryThatDrawsDrawsUnlessToldNotTo() throws {
        let greedy = try generate("--max-new-tokens", "12")
        #expect(greedy.status == 0, "\(greedy.error)")
        _ = try file(#"{"do_sample": true, "temperature": 100.0, "top_k": 0}"#)
        let drawn = try generate("--max-new-tokens", "12")
        #expect(drawn.output != greedy.output)
        let other = try generate("--max-new-tokens", "12", "--seed", "7")
        #expect(other.output != drawn.output)
        #expect(
            try generate("--max-new-tokens", "12", "--temperature", "0").output == greedy.output)
    }

    /// Beside those of the tokenizer, which come first here.
    @Test func theEndTokensOfAllFilesEndTheAnswer() throws {
        func isEnded() throws -> Bool {
            let result = try generate("--max-new-tokens", "4")
            #expect(result.status == 0, "\(result.error)")
            return !result.error.contains("3 tokens after the first")
        }
        _ = try file(#"{"eos_token_id": 0}"#)
        #expect(try isEnded())
        model.endNothing()
        #expect(try !isEnded())
        let all = "[" + (0..<258).map(String.init).joined(separator: ", ") + "]"
        _ = try file(#"{"eos_token_id": \#(all)}"#)
        #expect(try isEnded())
        _ = try file("{}")
        #expect(try !isEnded())
        let configuration = model.directory.read("config.json") ?? ""
        model.directory.write(
            configuration.replacing("{", with: #"{"eos_token_id": \#(all), "#), to: "config.json")
        #expect(try isEnded())
        // And in a file packed from it.
        let packed = model.directory.path("packed")
        _ = try Program.run([
            "convert", "--weights", model.path, "--precision", "f32", "--output", packed,
        ])
        let result = try Program.run([
            "generate", "--weights", packed, "--prompt", "he said", "--max-new-tokens", "4",
        ])
        #expect(result.status == 0 && result.output == "\n", "\(result.error)")
    }

    /// The remedy helps: the key may be removed.
    @Test func anEndTokenBeyondTheVocabularyIsNamed() throws {
        for (name, text) in [
            ("generation_config.json", #"{"eos_token_id": 151645}"#),
            (
                "config.json",
                (model.directory.read("config.json") ?? "").replacing(
                    "{", with: #"{"eos_token_id": 151645, "#)
            ),
        ] {
            let before = model.directory.read(name) ?? "{}"
            model.directory.write(text, to: name)
            let result = try generate()
            #expect(result.status == 2)
            #expect(
                result.error.contains(name) && result.error.contains("from 0 to 257, but 151645"))
            #expect(result.error.contains("remove the key") && !result.error.contains("download"))
            model.directory.write(before, to: name)
            #expect(try generate("--max-new-tokens", "2").status == 0)
        }
    }

    @Test func whatIsNotDoneIsSaidOnce() throws {
        _ = try file(#"{"min_p": 0.05, "num_beams": 4, "no_repeat_ngram_size": 0}"#)
        let result = try generate("--max-new-tokens", "2")
        #expect(result.status == 0)
        #expect(result.error.ranges(of: "min_p, num_beams").count == 1)
        #expect(!result.error.contains("no_repeat_ngram_size"))
    }

    @Test func theLengthWithThePromptIsALimitToo() throws {
        model.endNothing()
        // Six tokens: "he" is one.
        _ = try file(#"{"max_length": 9}"#)
        #expect(try generate().error.contains("6 prompt tokens"))
        #expect(try generate().error.contains("; 2 tokens after the first"))
        _ = try file(#"{"max_length": 9, "max_new_tokens": 5}"#)
        #expect(try generate().error.contains("; 4 tokens after the first"))
        let file = try file(#"{"max_length": 40}"#)
        #expect(options().limit(file, promptLength: 30) == 10)
        #expect(options().limit(file, promptLength: 50) == 1)
        #expect(options(newTokens: 7).limit(file, promptLength: 50) == 7)
    }

    @Test func suppressedTokensAreNeverChosen() throws {
        model.endNothing()
        let all = (0..<258).filter { $0 != 65 }.map(String.init).joined(separator: ", ")
        _ = try file(#"{"suppress_tokens": [\#(all)]}"#)
        #expect(try generate("--max-new-tokens", "4").output == "AAAA\n")
    }

    @Test func itsLimitIsTaken() throws {
        model.endNothing()
        _ = try file(#"{"max_new_tokens": 3}"#)
        #expect(try generate().error.contains("; 2 tokens after the first"))
        #expect(
            try generate("--max-new-tokens", "5").error.contains("; 4 tokens after the first"))
    }

    @Test func aPackedFileKeepsThem() throws {
        model.endNothing()
        _ = try file(#"{"max_new_tokens": 3}"#)
        let packed = model.directory.path("packed")
        let converted = try Program.run([
            "convert", "--weights", model.path, "--precision", "f32", "--output", packed,
        ])
        #expect(converted.status == 0, "\(converted.error)")
        let result = try Program.run(["generate", "--weights", packed, "--prompt", "he said"])
        #expect(result.error.contains("; 2 tokens after the first"), "\(result.error)")
    }

    @Test(arguments: ["generate", "chat", "run"])
    func aBrokenFileIsBadInput(_ command: String) throws {
        _ = model.directory.write(#"{"top_p": 2}"#, to: "generation_config.json")
        model.directory.write("[model]\nmodel_path=\(model.path)\n", to: "config.ini")
        let arguments = [
            "generate": ["--weights", model.path, "--prompt", "he"],
            "chat": ["--weights", model.path],
            "run": ["--task", "inference", "--config", model.directory.path("config.ini")],
        ]
        let result = try Program.run([command] + (arguments[command] ?? []), input: "hi\n")
        #expect(result.status == 2)
        #expect(result.error.contains("generation_config.json cannot be used: top_p is not"))
        #expect(result.error.split(separator: "\n").count == 1)
        // What gives no answers does not read it.
        let sweep = try Program.run([
            "sweep", "--weights", model.path, "--pairs", "8x4", "--report-dir",
            model.directory.path("report"),
        ])
        #expect(sweep.status == 0, "\(sweep.error)")
    }

    @Test func aChatKeepsToItsFormatAndWindow() throws {
        let chat = ChatDirectory()
        chat.write(#"{"chat_format": "raw"}"#)
        let raw = try chat.run("hi\n")
        #expect(raw.status == 2)
        #expect(raw.error.contains("chat_format") && raw.error.contains("tokenmark generate"))
        chat.write(#"{"chat_format": "chatml", "max_window_size": 20, "max_new_tokens": 4}"#)
        let small = try chat.run("hello there\n", "--system", "")
        #expect(small.status == 1, "\(small.error)")
        #expect(small.error.contains("there is room for 20"), "\(small.error)")
        chat.write(#"{"max_window_size": 60, "max_new_tokens": 4}"#)
        let larger = try chat.run("hello there\n", "--system", "")
        #expect(larger.error.contains("FTL: "))
    }

    @Test func theDemoTakesItsLimit() throws {
        let chat = ChatDirectory()
        chat.write(#"{"max_new_tokens": 1}"#)
        chat.model.directory.write("[model]\nmodel_path=\(chat.model.path)\n", to: "config.ini")
        let result = try Program.run([
            "run", "--task", "inference", "--config", chat.model.directory.path("config.ini"),
            "--precision", "f32",
        ])
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("TPS: none, there was no token after the first"))
    }
}

/// The tiny model with room for a chat, and the markup as its last tokens.
private struct ChatDirectory {
    let model = TinyModelDirectory()

    init() {
        for (name, old, new) in [
            ("config.json", #""max_position_embeddings": 64"#, #""max_position_embeddings": 512"#),
            ("vocab.json", "<|end|>", "<|im_end|>"), ("vocab.json", "\"he\"", "\"<|im_start|>\""),
            ("merges.txt", "h e\n", ""),
            ("tokenizer_config.json", "<|end|>", "<|im_end|>"),
        ] {
            let text = model.directory.read(name) ?? ""
            precondition(text.contains(old), "\(name) is not the tiny model's")
            model.directory.write(text.replacing(old, with: new), to: name)
        }
    }

    func write(_ configuration: String) {
        model.directory.write(configuration, to: "generation_config.json")
    }

    func run(_ input: String, _ arguments: String...) throws -> Program.Result {
        try Program.run(
            ["chat", "--weights", model.path, "--precision", "f32"] + arguments, input: input)
    }
}
