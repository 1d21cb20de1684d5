import Foundation
import TestSupport
import Testing

/// Texts of a user in other forms than UTF-8: the same text, or no result.
@Suite struct UserTextTests {
    private let directory = TemporaryDirectory()
    private let model = TinyModelDirectory()

    private func utf16(_ text: String) -> [UInt8] {
        ([0xFEFF] + Array(text.utf16)).flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
    }

    private func perplexity(_ bytes: [UInt8]) throws -> Program.Result {
        try Program.run([
            "perplexity", "--weights", model.path, "--precision", "f32", "--context", "16",
            "--text", directory.write(bytes, to: "text"),
        ])
    }

    @Test func perplexityIsThatOfTheText() throws {
        let text = String(repeating: "he said ", count: 20)
        let right = try perplexity(Array(text.utf8))
        #expect(right.status == 0, "\(right.error)")
        #expect(try perplexity(utf16(text)).output == right.output)
        #expect(try perplexity([0xEF, 0xBB, 0xBF] + Array(text.utf8)).output == right.output)
        let wrong = try perplexity(Array(text.utf8) + [0x0A, 0xFF])
        #expect(wrong.status == 2 && wrong.output == "")
        #expect(
            wrong.error.contains("/text, line 2: byte 161 of the file is not UTF-8"),
            "\(wrong.error)")
    }

    @Test func standardInputIsAText() throws {
        let file = directory.write(utf16("he"), to: "input")
        let broken = directory.write([0x68, 0x80], to: "broken")
        func tokenize(_ path: String) throws -> Program.Result {
            try Program.run(
                [model.path, path], by: #"exec "$0" tokenize --weights "$1" < "$2""#)
        }
        #expect(try tokenize(file).output == "256\n")
        let wrong = try tokenize(broken)
        #expect(wrong.status == 2 && wrong.output == "")
        #expect(wrong.error.contains("standard input, line 1: byte 1"), "\(wrong.error)")
    }

    @Test func messagesAreTexts() throws {
        let chat = try Program.run(
            [model.path, directory.write("{{ messages[-1]['content'] }}", to: "template")],
            by: #"""
                printf 'he\n\377he\n' |
                "$0" chat --weights "$1" --chat-template "$2" --max-new-tokens 2
                """#)
        #expect(chat.status == 2)
        #expect(chat.output.split(separator: "\n", omittingEmptySubsequences: false).count >= 2)
        #expect(chat.error.contains("line 2 of standard input: byte 0"), "\(chat.error)")
    }

    @Test func argumentsAreTexts() throws {
        let wrong = try Program.run(
            [model.path], by: #"exec "$0" tokenize --weights "$1" "$(printf 'a\377')""#)
        #expect(wrong.status == 2 && wrong.output == "")
        #expect(wrong.error.contains("argument 4 is not UTF-8"), "\(wrong.error)")
    }

    /// One message in ChatML: the usual answer, whatever the messages are written in.
    @Test func pipedMessagesMayBeUTF16() throws {
        let file = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        func chat(_ bytes: [UInt8]) throws -> Program.Result {
            try Program.run(
                [file, directory.write(bytes, to: "messages")],
                by: #"""
                    cat "$2" | exec "$0" chat --weights "$1" --precision f32 --max-new-tokens 4
                    """#)
        }
        let right = try chat(Array("hi\nthere".utf8))
        #expect(right.status == 0, "\(right.error)")
        let wide = try chat(utf16("hi\nthere"))
        #expect(wide.status == 0, "\(wide.error)")
        #expect(wide.output == right.output)
        let odd = try chat(utf16("hi\n") + [0x61])
        #expect(odd.status == 2 && odd.output == "")
        #expect(odd.error.contains("standard input, line 2: byte 8"), "\(odd.error)")
    }

    @Test(arguments: ["< /", "<&-"])
    func whatCannotBeReadIsNoEmptyText(_ redirection: String) throws {
        let file = directory.write(GGUFWriter.tinyChatModel().bytes(), to: "tiny.gguf")
        for command in ["tokenize", "chat --max-new-tokens 4", "perplexity --text -"] {
            let result = try Program.run(
                [file], by: #"exec "$0" \#(command) --weights "$1" \#(redirection)"#)
            #expect(result.status == 2 && result.output == "", "\(command): \(result.output)")
            #expect(
                result.error.contains("standard input cannot be read"),
                "\(command): \(result.error)")
        }
    }

    @Test func textsComeFromPipes() throws {
        let text = directory.write(String(repeating: "he said ", count: 20), to: "text")
        let right = try perplexity(Array(String(repeating: "he said ", count: 20).utf8))
        let command = #""$0" perplexity --weights "$1" --precision f32 --context 16 --text"#
        for path in ["-", "/dev/stdin", "/dev/fd/0"] {
            let piped = try Program.run(
                [model.path, text, path], by: #"cat "$2" | \#(command) "$3""#)
            #expect(piped.output == right.output, "\(path): \(piped.error)")
        }
    }

    @Test func anotherFileIsNoText() throws {
        let pointer = try perplexity(
            Array("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n".utf8))
        #expect(pointer.status == 2 && pointer.output == "")
        #expect(pointer.error.contains("it is a pointer of Git LFS"), "\(pointer.error)")
        let gzip = try perplexity([0x1F, 0x8B, 8, 0])
        #expect(gzip.error.contains("it is compressed by gzip"), "\(gzip.error)")
        let missing = try Program.run([
            "perplexity", "--weights", model.path, "--text", directory.path("none"),
        ])
        #expect(missing.status == 2)
        #expect(missing.error.contains("/none cannot be read: No such file"), "\(missing.error)")
    }

    @Test func filesOfAModelMayHaveTheMarkOfUTF8() throws {
        let marked = TinyModelDirectory()
        let text = Array(String(repeating: "he said ", count: 20).utf8)
        for name in ["config.json", "tokenizer_config.json", "vocab.json", "merges.txt"] {
            let path = marked.directory.path(name)
            let content = try String(contentsOfFile: path, encoding: .utf8)
            marked.directory.write("\u{FEFF}" + content, to: name)
        }
        marked.directory.write("\u{FEFF}{}", to: "generation_config.json")
        let result = try Program.run([
            "perplexity", "--weights", marked.path, "--precision", "f32", "--context", "16",
            "--text", directory.write(text, to: "text"),
        ])
        #expect(result.status == 0, "\(result.error)")
        #expect(try perplexity(text).output == result.output)
    }

    @Test(arguments: [
        (#"{"eos_token": "a", "model_max_length": Infinity}"#, "Infinity is not JSON"),
        (#"{"eos_token": "a", "eos_token": "b"}"#, "remove one of them"),
        (#"{"eos_token": "a",}"#, "comma"),
    ])
    func whatWasWrittenSoIsNotDownloadedAgain(_ json: String, _ problem: String) throws {
        for name in ["tokenizer_config.json", "config.json"] {
            let model = TinyModelDirectory()
            model.directory.write(json, to: name)
            let result = try Program.run([
                "generate", "--weights", model.path, "--prompt", "he",
            ])
            #expect(result.status == 2)
            #expect(result.error.contains("\(name) cannot be used: in line 1, "), "\(result.error)")
            #expect(result.error.contains(problem), "\(result.error)")
            #expect(!result.error.contains("download"), "\(result.error)")
        }
    }
}
