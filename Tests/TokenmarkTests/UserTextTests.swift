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
}
