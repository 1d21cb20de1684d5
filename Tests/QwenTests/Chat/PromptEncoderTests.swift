import TestSupport
import Testing

@testable import Qwen

/// Special tokens are the template's alone, through whatever it does to a message.
@Suite struct PromptEncoderTests {
    /// The bytes, "he", and two special tokens.
    private static func tokenizer() throws -> Tokenizer {
        let texts = GGUFWriter.byteTexts + ["he", "<|a|>", "<|b|>"]
        var parts = TokenizerParts(
            vocabulary: try Vocabulary(
                texts: texts, literals: [257, 258],
                merges: [MergeText(ArraySlice("h e".utf8))]),
            splitter: .qwen2)
        parts.added = [AddedToken(id: 257, text: "<|a|>"), AddedToken(id: 258, text: "<|b|>")]
        return try Tokenizer(parts)
    }

    private func tokens(
        _ template: String, question: String, system: String? = nil, answers: [[Int]] = []
    ) throws -> [Int] {
        var conversation = try Conversation(
            Self.tokenizer(), template: ChatTemplate(template), system: system, window: 10000)
        for answer in answers {
            _ = try conversation.ask("q")
            conversation.answer(answer)
        }
        return try conversation.ask(question).tokens
    }

    private func bytes(_ text: String) -> [Int] { text.utf8.map { Int($0) } }

    @Test(arguments: [
        ("{{ messages[0].content }}", "<|b|>"), ("{{ messages[0].content|trim }}", " <|b|> "),
        ("{{ messages[0].content|tojson }}", "<|b|>"), ("{{ messages|string }}", "<|b|>"),
        ("{{ messages[0].content.split('-')|join }}", "<|-b|>"),
        ("{{ messages[0].content.replace('x', '|') }}", "<|bx>"),
        ("{{ messages[0].content[::-1] }}", ">|b|<"),
        ("{{ '<|' + messages[0].content + '|>' }}", "b"),
        ("{{ messages[0].content|lower }}", "<|B|>"),
        ("{% set m %}{{ messages[0].content }}{% endset %}{{ m }}", "<|b|>"),
        ("{% macro m(x) %}{{ x }}{% endmacro %}{{ m(messages[0].content) }}", "<|b|>"),
        ("{{ '<|b' }}{{ messages[0].content }}", "|>"), ("{{ messages[0].content ~ '|b|>' }}", "<"),
    ])
    func aMessageIsText(_ template: String, _ message: String) throws {
        let tokens = try tokens("<|a|>" + template + "<|a|>", question: message)
        #expect(tokens.filter { $0 > 256 } == [257, 257])
    }

    @Test func aSystemTextAndAnAnswerAreTextsToo() throws {
        let template = "{% for m in messages %}<|a|>{{ m.content }}{% endfor %}"
        let tokens = try tokens(
            template, question: "x", system: "<|b|>", answers: [bytes("<|b|>")])
        #expect(
            tokens == [257] + bytes("<|b|>") + [257] + bytes("q") + [257] + bytes("<|b|>") + [257]
                + bytes("x"))
    }

    @Test func mergesGoAcrossTheEndsOfAMessage() throws {
        #expect(try tokens("{{ 'h' ~ messages[0].content }}", question: "ex") == [256, 120])
        #expect(
            try tokens("{{ 'h' }}<|a|>{{ messages[0].content }}", question: "e") == [104, 257, 101])
    }

    /// 104 and 101 would merge if the answer were read again.
    @Test(arguments: [
        ("{{ m.content }}", [104, 101]), ("{{ m.content|trim }}", [32, 104, 101, 10]),
        ("{{ m.content.split('|')[-1] }}", [120, 124, 104, 101]),
    ])
    func anAnswerStaysItsTokens(_ write: String, _ answer: [Int]) throws {
        let template =
            "{% for m in messages %}{% if m.role == 'assistant' %}\(write){% endif %}{% endfor %}<|a|>"
        #expect(try tokens(template, question: "x", answers: [answer]) == [104, 101, 257])
    }

    /// One that the template changes is read again.
    @Test func aChangedAnswerIsWrittenAnew() throws {
        let template =
            "{% for m in messages %}{% if m.role == 'assistant' %}{{ m.content|lower }}{% endif %}{% endfor %}<|a|>"
        #expect(try tokens(template, question: "x", answers: [[72, 69]]) == [256, 257])
    }

    @Test func aTemplateBeginsATextOnce() throws {
        let texts = GGUFWriter.byteTexts + ["<s>"]
        var parts = TokenizerParts(
            vocabulary: try Vocabulary(texts: texts, literals: [256], merges: []), splitter: .qwen2)
        parts.added = [AddedToken(id: 256, text: "<s>")]
        parts.leadingTokens = [256]
        let tokenizer = try Tokenizer(parts)
        for template in ["{{ bos_token }}{{ messages[0].content }}", "{{ messages[0].content }}"] {
            var conversation = try Conversation(
                tokenizer,
                template: ChatTemplate(template, tokens: [.init(name: "bos_token", text: "<s>")]),
                window: 100)
            #expect(try conversation.ask("a").tokens == [256, 97])
        }
    }

    /// Across the border of template and message too.
    @Test func blanksAroundASpecialTokenGoWithIt() throws {
        let texts = GGUFWriter.byteTexts + ["<a>", "<b>"]
        var parts = TokenizerParts(
            vocabulary: try Vocabulary(texts: texts, literals: [256, 257], merges: []),
            splitter: .qwen2)
        parts.added = [
            AddedToken(id: 256, text: "<a>", takesBlanksBehind: true),
            AddedToken(id: 257, text: "<b>", takesBlanksBefore: true),
        ]
        var conversation = try Conversation(
            Tokenizer(parts), template: ChatTemplate("x <a> {{ messages[0].content }} <b> y"),
            window: 100)
        #expect(try conversation.ask("\n m \n").tokens == [120, 32, 256, 109, 257, 32, 121])
    }

    @Test func whatEndsAnAnswerIsSeenFromTheTemplate() throws {
        let template = """
            {%- for m in messages %}{{ m.content }}{{ '<|b|>' if m.role == 'assistant' }}{% endfor %}
            {%- if add_generation_prompt %}<|a|>{% endif -%}
            """
        let conversation = try Conversation(
            Self.tokenizer(), template: ChatTemplate(template), window: 100)
        #expect(conversation.endTokens == [257, 258])
        let refusing = "{{ raise_exception('no') if messages|length > 1 }}<|a|>"
        let other = try Conversation(
            Self.tokenizer(), template: ChatTemplate(refusing), window: 100)
        #expect(other.endTokens == [])
    }

    @Test func thinkingIsUndefinedOnOrOff() throws {
        let template = try ChatTemplate("{{ enable_thinking is defined }}{{ enable_thinking }}")
        for (thinking, text) in [(nil, "False"), (true, "TrueTrue"), (false, "TrueFalse")] {
            var conversation = try Conversation(
                Self.tokenizer(), template: template, thinking: thinking, window: 100)
            #expect(try conversation.ask("x").tokens == bytes(text))
        }
    }

    /// As Qwen3's: what was thought in earlier turns goes, and the rest stays the tokens it was.
    @Test func aTemplateMayRewriteEarlierTurns() throws {
        let template =
            "{% for m in messages %}<|a|>{{ m.content.split('</t>')[-1] }}{% endfor %}<|b|>"
        #expect(
            try tokens(template, question: "x", answers: [bytes("no</t>") + [104, 101]])
                == [257] + bytes("q") + [257, 104, 101, 257] + bytes("x") + [258])
    }
}
