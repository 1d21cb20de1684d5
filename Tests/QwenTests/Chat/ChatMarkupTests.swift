import TestSupport
import Testing

@testable import Qwen

@Suite struct ChatMarkupTests {
    private let directory = TemporaryDirectory()

    private func markup() throws -> ChatMarkup { try ChatMarkup(directory: directory.path) }

    private func gguf(_ keys: [(String, GGUFWriter.Value)]) throws -> ChatMarkup {
        var writer = GGUFWriter.tinyModel()
        for (key, value) in keys { writer.set(key, value) }
        return try writer.bytes().withUnsafeBytes { try ChatMarkup(GGUFFile($0)) }
    }

    @Test func aDirectoryMayHaveNone() throws {
        #expect(try markup().usualTemplate() == nil)
        directory.write(
            #"{"chat_template": null, "eos_token": "</s>"}"#, to: "tokenizer_config.json")
        #expect(try markup().usualTemplate() == nil)
        #expect(try markup().tokens == [.init(name: "eos_token", text: "</s>")])
    }

    @Test func aDirectoryHasItAsAText() throws {
        directory.write(
            #"{"chat_template": "{{ 1 }}", "bos_token": {"content": "<s>"}, "eos_token": "</s>"}"#,
            to: "tokenizer_config.json")
        #expect(try markup().usualTemplate() == "{{ 1 }}")
        #expect(
            try markup().tokens == [
                .init(name: "bos_token", text: "<s>"), .init(name: "eos_token", text: "</s>"),
            ])
    }

    @Test func aDirectoryHasSeveralByName() throws {
        directory.write(
            """
            {"chat_template": [{"name": "tool_use", "template": "b"},
            {"name": "default", "template": "a"}]}
            """, to: "tokenizer_config.json")
        #expect(try markup().usualTemplate() == "a")
        #expect(try markup().template(named: "tool_use") == "b")
        #expect(try markup().template(named: "other") == nil)
    }

    @Test func severalWithoutAUsualOneAreNamed() throws {
        directory.write(
            #"{"chat_template": [{"name": "x", "template": "a"}, {"name": "y", "template": "b"}]}"#,
            to: "tokenizer_config.json")
        #expect(throws: ChatError.noUsualTemplate(names: ["x", "y"])) {
            try markup().usualTemplate()
        }
    }

    @Test func theFileComesBeforeTheConfiguration() throws {
        directory.write(#"{"chat_template": "a"}"#, to: "tokenizer_config.json")
        directory.write("b\n", to: "chat_template.jinja")
        #expect(try markup().usualTemplate() == "b\n")
    }

    @Test func anEmptyOneIsNone() throws {
        let empty = try gguf([
            ("tokenizer.chat_template", .text("")), ("tokenizer.chat_template.x", .text("")),
        ])
        #expect(try empty.usualTemplate() == nil)
        #expect(empty.templates == [])
        directory.write(#"{"chat_template": ""}"#, to: "tokenizer_config.json")
        #expect(try markup().usualTemplate() == nil)
    }

    @Test func aMarkOfUTF8IsNoPartOfIt() throws {
        directory.write("\u{FEFF}{\"chat_template\": \"a\"}", to: "tokenizer_config.json")
        #expect(try markup().usualTemplate() == "a")
        directory.write("\u{FEFF}b", to: "chat_template.jinja")
        #expect(try markup().usualTemplate() == "b")
    }

    @Test(arguments: ["1", "{}", #"[{"name": "x"}]"#, #"["a"]"#])
    func whatIsNoTemplateIsRefused(_ value: String) throws {
        let path = directory.write("{\"chat_template\": \(value)}", to: "tokenizer_config.json")
        let error = #expect(throws: QwenError.self) { try markup() }
        #expect(error?.description.contains(path) == true)
    }

    @Test func aGGUFFileHasThemAsKeys() throws {
        #expect(try gguf([]).usualTemplate() == nil)
        let markup = try gguf([
            ("tokenizer.chat_template", .text("a")),
            ("tokenizer.chat_template.tool_use", .text("b")),
            ("tokenizer.ggml.bos_token_id", .uint32(256)),
        ])
        #expect(try markup.usualTemplate() == "a")
        #expect(markup.template(named: "tool_use") == "b")
        #expect(
            markup.tokens == [
                .init(name: "bos_token", text: "he"), .init(name: "eos_token", text: "<|end|>"),
            ])
        #expect(throws: QwenError.self) {
            try gguf([("tokenizer.chat_template", .uint32(1))])
        }
    }
}
