import Foundation
import TestSupport
import Testing

@Suite struct ChatTemplateCommandTests {
    private let directory = TemporaryDirectory()

    private static let options = ["--precision", "f32", "--max-new-tokens", "4"]
    /// 8 tokens for "hi": a token a byte, and two special ones.
    private static let template =
        "{% for m in messages %}<|im_start|>{{ m.content }}!{% endfor %}<|im_end|>ok:"

    private func promptCount(_ result: Program.Result) throws -> Int {
        #expect(result.status == 0, "\(result.error)")
        let words = try #require(result.error.split(separator: "(").last).split(separator: " ")
        return try #require(Int(words[0]))
    }

    private func chat(
        _ path: String, _ more: [String] = [], input: String = "hi\n"
    ) throws -> Program.Result {
        try Program.run(["chat", "--weights", path] + Self.options + more, input: input)
    }

    @Test(.enabled(if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func smolLM2HasASystemTextOfItsOwn() throws {
        let input = "Who are you?\n"
        #expect(try promptCount(chat(TrainedModel.path, input: input)) == 34)
        let plain = try chat(
            TrainedModel.path, ["--system", "You are a helpful assistant."], input: input)
        #expect(try promptCount(plain) == 24)
        let generated = try Program.run(
            ["generate", "--weights", TrainedModel.path, "--chat", "--prompt", "Who are you?"]
                + Self.options)
        #expect(generated.error.hasPrefix("34 prompt tokens"), "\(generated.error)")
    }

    @Test func aFileWithoutOneIsSpokenToInChatML() throws {
        var writer = GGUFWriter.tinyChatModel()
        let with = directory.write(writer.bytes(), to: "with.gguf")
        writer.set("tokenizer.chat_template", nil)
        let without = directory.write(writer.bytes(), to: "without.gguf")
        let (first, second) = (try chat(with), try chat(without))
        #expect(try promptCount(first) == promptCount(second))
        #expect(first.output == second.output)
        #expect(!first.error.contains("ChatML"))
        #expect(second.error.split(separator: "\n").count == 2)
        #expect(second.error.contains("the model has no chat template"))
    }

    @Test func aTemplateIsGivenAsAFileOrByName() throws {
        var writer = GGUFWriter.tinyChatModel()
        writer.set("tokenizer.chat_template.short", .text(Self.template))
        let model = directory.write(writer.bytes(), to: "tiny.gguf")
        let file = directory.write(Self.template, to: "own.jinja")
        for choice in [file, "short"] {
            #expect(try promptCount(chat(model, ["--chat-template", choice])) == 8)
        }
        let missing = try chat(model, ["--chat-template", "nowhere"])
        #expect(missing.status == 2)
        #expect(missing.error.contains("--chat-template nowhere"))
    }

    @Test func aTemplateComesFromAPipe() throws {
        let model = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        let piped = try Program.run(
            [model],
            by: #"""
                printf 'x{{ messages[0].content }}' |
                "$0" generate --chat --weights "$1" --prompt hi --max-new-tokens 2 \
                    --chat-template /dev/stdin
                """#)
        #expect(piped.error.contains("3 prompt tokens"), "\(piped.error)")
    }

    @Test(arguments: [
        #"{"chat_template": "x{{ messages[0].content }}"}"#,
        #"{"a": 1, "chat_template": [{"name": "default", "template": "x{{ messages[0].content }}"}]}"#,
    ])
    func aTemplateMayLieInJSON(_ json: String) throws {
        let model = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        let file = directory.write(json, to: "tokenizer_config.json")
        #expect(try promptCount(chat(model, ["--chat-template", file])) == 3)
    }

    @Test(arguments: [
        (#"{"eos_token": "a"}"#, "chat_template"), (#"["a"]"#, "chat_template"),
        (#"{"chat_template": "", "a": 1}"#, "chat_template"),
        (#"{"chat_template": "x", "a": NaN}"#, "NaN is not JSON"),
        (#"{"chat_template": [{"name": "other", "template": "x"}]}"#, "default"),
        ("version https://git-lfs.github.com/spec/v1\n", "it is a pointer of Git LFS"),
        ("<!DOCTYPE html>", "it is an HTML page"), ("GGUF\u{3}\0\0\0", "it is a GGUF file"),
        ("", "is empty"),
    ])
    func whatIsNoTemplateIsRefused(_ content: String, _ problem: String) throws {
        let model = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        let file = directory.write(content, to: "own")
        let result = try chat(model, ["--chat-template", file])
        #expect(result.status == 2 && result.output == "")
        #expect(result.error.contains("--chat-template \(file)"), "\(result.error)")
        #expect(result.error.contains(problem), "\(result.error)")
    }

    @Test func anEmptyRenderingIsRefused() throws {
        let model = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        let file = directory.write("{# nothing #}", to: "own.jinja")
        let problem = "the chat template makes no token of this conversation"
        let piped = try chat(model, ["--chat-template", file])
        #expect(piped.status == 1)
        #expect(piped.error.contains(problem), "\(piped.error)")
        let once = try Program.run([
            "generate", "--chat", "--weights", model, "--prompt", "hi", "--chat-template", file,
        ])
        #expect(once.status == 2 && once.output == "")
        #expect(once.error.contains(problem), "\(once.error)")
    }

    @Test func anEmptyTemplateOfAModelIsNone() throws {
        var writer = GGUFWriter.tinyChatModel()
        let none = directory.write(writer.bytes(), to: "none.gguf")
        writer.set("tokenizer.chat_template", .text(""))
        let empty = directory.write(writer.bytes(), to: "empty.gguf")
        #expect(try promptCount(chat(empty)) == promptCount(chat(none)))
    }

    @Test func aMessageIsNoMarkup() throws {
        let model = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        let plain = try promptCount(chat(model, input: "0123456789\n"))
        // Ten characters, and ten tokens.
        #expect(try promptCount(chat(model, input: "<|im_end|>\n")) == plain)
    }

    @Test func whatATemplateHoldsAndIsNotDoneIsNamed() throws {
        let model = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        let file = directory.write("a\n{{ messages|wordcount }}", to: "own.jinja")
        let result = try chat(model, ["--chat-template", file])
        #expect(result.status == 2)
        #expect(
            result.error.contains("in line 2 of the chat template, there is the filter wordcount"))
        let refusing = directory.write("{{ raise_exception('never') }}", to: "no.jinja")
        #expect(try chat(model, ["--chat-template", refusing]).error.contains("never"))
    }

    /// A directory holds it in two places; a packed file keeps both.
    @Test(arguments: [false, true])
    func directoriesAndPackedFilesHaveIt(_ isOwnFile: Bool) throws {
        let model = TinyModelDirectory()
        if isOwnFile {
            model.directory.write("{{ messages[0].content }}<|end|>", to: "chat_template.jinja")
        } else {
            model.directory.write(
                #"{"eos_token": "<|end|>", "chat_template": "{{ messages[0].content ~ eos_token }}"}"#,
                to: "tokenizer_config.json")
        }
        #expect(try promptCount(chat(model.path)) == 3)
        let packed = directory.path("tiny.packed")
        let converted = try Program.run([
            "convert", "--weights", model.path, "--precision", "f32", "--output", packed,
        ])
        #expect(converted.status == 0, "\(converted.error)")
        let result = try Program.run(
            ["chat", "--weights", packed, "--max-new-tokens", "4"], input: "hi\n")
        #expect(try promptCount(result) == 3)
    }

    @Test func thinkingGoesToTheTemplate() throws {
        let model = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        let file = directory.write("{{ enable_thinking|default('xx')|string }}", to: "own.jinja")
        for (options, count) in [([], 2), (["--thinking", "on"], 4), (["--thinking", "off"], 5)] {
            #expect(try promptCount(chat(model, ["--chat-template", file] + options)) == count)
        }
    }

    @Test func optionsOfChatsNeedOne() throws {
        let model = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        let command = ["generate", "--weights", model, "--prompt", "x"]
        let alone = try Program.run(command + ["--system", "x"])
        #expect(alone.status == 2)
        #expect(alone.error.contains("--chat"))
        #expect(try Program.run(command + ["--chat", "--specials"]).status == 2)
    }

    @Test func templatesAreRenderedForTheScript() throws {
        let result = try Program.run(
            ["render-template", "--time", "0"],
            input: """
                {"template": "{{ a|tojson }}{{ strftime_now('%Y') }}", "variables": {"a": ["x"]}}
                {"template": "{{ 1 / 0 }}", "variables": {}}

                """)
        #expect(result.status == 0)
        let lines = result.output.split(separator: "\n")
        #expect(lines.first == #"{"text":"[\"x\"]1970"}"#)
        #expect(lines.last?.hasPrefix(#"{"error":"in line 1"#) == true)
    }
}
