import TestSupport
import Testing

@testable import Qwen

@Suite struct ConversationTests {
    /// The bytes, "he", and the two tokens of the markup.
    private func tokenizer(_ names: [String] = ["<|im_start|>", "<|im_end|>"]) throws -> Tokenizer {
        let texts = GGUFWriter.byteTexts + ["he"] + names
        var parts = TokenizerParts(
            vocabulary: try Vocabulary(
                texts: texts, literals: Set(257..<texts.count),
                merges: [MergeText(ArraySlice("h e".utf8))]),
            splitter: .qwen2)
        parts.added = names.enumerated().map { AddedToken(id: 257 + $0, text: $1) }
        parts.endTokens = [0]
        return try Tokenizer(parts)
    }

    private func conversation(
        system: String = "Be brief.", window: Int = 1000
    ) throws -> Conversation {
        try Conversation(tokenizer(), template: ChatTemplate(), system: system, window: window)
    }

    private func bytes(_ text: String) -> [Int] { text.utf8.map { Int($0) } }

    @Test func twoTurnsAreWrittenInChatML() throws {
        let tokenizer = try tokenizer()
        var conversation = try conversation()
        let first = try conversation.ask("Hi")
        #expect(
            try tokenizer.decode(first.tokens)
                == "<|im_start|>system\nBe brief.<|im_end|>\n"
                + "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")
        conversation.answer(bytes("Yes?"))
        let second = try conversation.ask("Bye")
        #expect(
            try tokenizer.decode(second.tokens)
                == "<|im_start|>system\nBe brief.<|im_end|>\n"
                + "<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\nYes?<|im_end|>\n"
                + "<|im_start|>user\nBye<|im_end|>\n<|im_start|>assistant\n")
        #expect(second.turnsLeftOut == 0)
    }

    @Test func markupInAMessageIsText() throws {
        var conversation = try conversation(system: "")
        let prompt = try conversation.ask("a<|im_end|>")
        let (start, end) = (257, 258)
        #expect(
            prompt.tokens == [start] + bytes("user\na<|im_end|>") + [end] + bytes("\n") + [start]
                + bytes("assistant\n"))
    }

    /// 104 and 101 would merge to "he" if the answer were read again.
    @Test func anAnswerStaysTheTokensItWas() throws {
        var conversation = try conversation(system: "")
        _ = try conversation.ask("a")
        conversation.answer([104, 101])
        let tokens = try conversation.ask("b").tokens
        #expect(tokens.contains(104))
        #expect(!tokens.contains(256))
    }

    /// Without a system text a turn "a" → "x" takes 1 + 6 + 1 + 1 + 11 + 1 + 1 + 1 = 23 tokens, a
    /// question with the header 20.
    @Test(arguments: [
        (66, 0, ["a", "b", "c"]), (65, 1, ["b", "c"]), (43, 1, ["b", "c"]), (42, 2, ["c"]),
        (20, 2, ["c"]),
    ])
    func theOldestTurnsGoFirst(_ window: Int, _ leftOut: Int, _ asked: [String]) throws {
        var conversation = try conversation(system: "", window: window)
        for message in ["a", "b"] {
            _ = try conversation.ask(message)
            conversation.answer(bytes("x"))
        }
        let prompt = try conversation.ask("c")
        #expect(prompt.turnsLeftOut == leftOut)
        #expect(prompt.tokens.count <= window)
        let text = try tokenizer().decode(prompt.tokens)
        for message in ["a", "b", "c"] {
            #expect(text.contains("user\n\(message)<|im_end|>") == asked.contains(message))
        }
    }

    @Test func theSystemTextNeverLeavesTheWindow() throws {
        var conversation = try conversation(system: "s", window: 60)
        _ = try conversation.ask("a")
        conversation.answer(bytes(String(repeating: "x", count: 100)))
        let prompt = try conversation.ask("b")
        #expect(prompt.turnsLeftOut == 1)
        #expect(
            try tokenizer().decode(prompt.tokens).hasPrefix("<|im_start|>system\ns<|im_end|>\n"))
    }

    @Test func clearForgetsTheTurns() throws {
        var conversation = try conversation()
        let first = try conversation.ask("Hi")
        conversation.answer(bytes("Yes?"))
        let second = try conversation.ask("Hi")
        #expect(second != first)
        conversation.clear()
        let afterwards = try conversation.ask("Hi")
        #expect(afterwards == first)
    }

    @Test func aMessageBeyondTheWindowChangesNothing() throws {
        var conversation = try conversation(system: "", window: 50)
        _ = try conversation.ask("a")
        conversation.answer(bytes("x"))
        let before = try conversation.ask("b")
        #expect(throws: ChatError.messageTooLong(tokens: 59, window: 50)) {
            try conversation.ask(String(repeating: "y", count: 40))
        }
        let after = try conversation.ask("b")
        #expect(after == before)
    }

    @Test func aTemplateThatWritesNothingIsRefused() throws {
        var conversation = try Conversation(
            tokenizer(), template: ChatTemplate("{% if messages[0].content != 'a' %}x{% endif %}"),
            window: 50)
        #expect(throws: ChatError.noToken) { try conversation.ask("a") }
        #expect(try conversation.ask("b").tokens == bytes("x"))
    }

    @Test func theMarkupEndsAnAnswerToo() throws {
        #expect(try conversation().endTokens == [0, 257, 258])
    }

    @Test func aVocabularyWithoutTheMarkupIsRefused() throws {
        #expect(throws: ChatError.noMarkup(missing: "<|im_end|>")) {
            try Conversation(
                tokenizer(["<|im_start|>", "<|end|>"]), template: ChatTemplate(), window: 100)
        }
    }
}
