/// What was said so far, and the prompt that asks for the next answer, in ChatML: the markup of
/// Qwen's chat models.
///
/// A message is `<|im_start|>`, its role, a line end, its text and `<|im_end|>`; messages are a line
/// end apart. Texts are texts, whatever they look like: `<|im_end|>` in one ends nothing. Answers
/// are kept as the tokens they were, not written and read again.
package struct Conversation: Sendable {
    /// A prompt, and what of the conversation it had no room for.
    package struct Prompt: Equatable, Sendable {
        package let tokens: [Int]
        /// The oldest turns, left out.
        package let turnsLeftOut: Int
    }

    /// What Qwen and Qwen1.5 are told where nothing else is.
    package static let defaultSystem = "You are a helpful assistant."

    /// The tokens that end an answer: those of the tokenizer, and those of the markup.
    package let endTokens: Set<Int>

    private let tokenizer: Tokenizer
    private let window: Int
    private let start: Int
    private let end: Int
    private let lineEnd: [Int]
    /// Empty where there is no system text.
    private let system: [Int]
    /// What every answer begins with.
    private let answerHeader: [Int]
    /// Each a question and its answer.
    private var turns: [[Int]] = []
    private var question: [Int] = []

    /// - Parameters:
    ///   - system: what the model shall be; empty leaves that message out.
    ///   - window: tokens that a prompt may have.
    ///   - endTokens: in place of those of the tokenizer.
    /// - Throws: `ChatError.noMarkup`; `QwenError.unwritableByte`.
    package init(
        _ tokenizer: Tokenizer, system: String = Conversation.defaultSystem, window: Int,
        endTokens: Set<Int>? = nil
    ) throws {
        func token(_ text: String) throws(ChatError) -> Int {
            guard let id = tokenizer.addedToken(text) else { throw .noMarkup(missing: text) }
            return id
        }
        self.tokenizer = tokenizer
        self.window = window
        start = try token("<|im_start|>")
        end = try token("<|im_end|>")
        self.endTokens = (endTokens ?? tokenizer.endTokens).union([start, end])
        lineEnd = try tokenizer.encode("\n")
        answerHeader = try [start] + tokenizer.encode("assistant\n")
        self.system =
            system.isEmpty ? [] : try [start] + tokenizer.encode("system\n" + system) + [end]
    }

    /// Asks: the prompt is the system text, as many of the newest turns as the window has room for
    /// beside it and the message, the message, and the beginning of an answer.
    ///
    /// As Qwen's own `make_context`, which fills its window from the newest turn backwards; but the
    /// message counts here too, so that the prompt never outgrows the window.
    ///
    /// - Throws: `ChatError.messageTooLong`, `QwenError.unwritableByte`; nothing is forgotten then.
    package mutating func ask(_ message: String) throws -> Prompt {
        let question = try [start] + tokenizer.encode("user\n" + message) + [end]
        var head: [Int] = []
        if tokenizer.addsBeginToken, let begin = tokenizer.beginToken { head.append(begin) }
        if !system.isEmpty { head += system + lineEnd }
        let tail = question + lineEnd + answerHeader
        var room = window - head.count - tail.count
        guard room >= 0 else {
            throw ChatError.messageTooLong(tokens: head.count + tail.count, window: window)
        }
        var kept = turns.count
        while kept > 0, turns[kept - 1].count + lineEnd.count <= room {
            kept -= 1
            room -= turns[kept].count + lineEnd.count
        }
        self.question = question
        return Prompt(
            tokens: head + turns[kept...].flatMap { $0 + lineEnd } + tail, turnsLeftOut: kept)
    }

    /// Keeps the answer to what was asked last, without its end token.
    package mutating func answer(_ tokens: [Int]) {
        turns.append(question + lineEnd + answerHeader + tokens + [end])
        question = []
    }

    /// Forgets all turns, not the system text.
    package mutating func clear() {
        turns = []
    }
}
