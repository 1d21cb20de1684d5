/// What was said so far, and the prompt that asks for the next answer, as the model's chat template
/// writes it.
///
/// Texts are texts, whatever they look like, and answers are kept as the tokens they were: see
/// `PromptEncoder`.
package struct Conversation: Sendable {
    /// A prompt, and what of the conversation it had no room for.
    package struct Prompt: Equatable, Sendable {
        package let tokens: [Int]
        /// The oldest turns, left out.
        package let turnsLeftOut: Int
    }

    /// The tokens that end an answer: those of the model's files, the one that the template puts behind
    /// an answer, and the one that it begins an answer with.
    package let endTokens: Set<Int>

    private struct Turn: Sendable {
        let question: TemplateText
        let answer: PromptEncoder.Answer
    }

    let tokenizer: Tokenizer
    let encoder: PromptEncoder
    let template: ChatTemplate
    let thinking: Bool?
    private let window: Int
    private let system: TemplateText?
    private var turns: [Turn] = []
    private var question = TemplateText("")

    /// - Parameters:
    ///   - system: what the model shall be, in place of what the template says of it; nil says
    ///     nothing.
    ///   - thinking: whether the model is to think first, for templates that can ask for it; nil
    ///     leaves that to them.
    ///   - window: tokens that a prompt may have.
    ///   - endTokens: beside those of the tokenizer.
    /// - Throws: `ChatError.noMarkup`, `QwenError.invalidTokenizer`.
    package init(
        _ tokenizer: Tokenizer, template: ChatTemplate, system: String? = nil,
        thinking: Bool? = nil, window: Int, endTokens: Set<Int> = []
    ) throws {
        for text in template.neededTokens where tokenizer.addedToken(text) == nil {
            throw ChatError.noMarkup(missing: text)
        }
        self.tokenizer = tokenizer
        self.template = template
        self.thinking = thinking
        self.window = window
        self.system = system.map { TemplateText($0, origin: .given) }
        encoder = try PromptEncoder(tokenizer)
        self.endTokens = tokenizer.endTokens.union(endTokens).union(
            Self.marks(of: template, encoder))
    }

    /// The special tokens behind an answer, and at the beginning of one.
    ///
    /// A template that cannot write a question or an answer by itself tells of none.
    private static func marks(of template: ChatTemplate, _ encoder: PromptEncoder) -> [Int] {
        let question = ChatTemplate.Message(
            role: "user", content: TemplateText("q", origin: .given))
        let answer = ChatTemplate.Message(
            role: "assistant", content: TemplateText("a", origin: .answered))
        func units(_ messages: [ChatTemplate.Message], asks: Bool) -> [UInt32] {
            (try? template.render(messages, asks: asks, thinking: nil))?.units ?? []
        }
        let answered = units([question, answer], asks: false)
        let behind = answered.lastIndex { TemplateText.origin($0) == .answered }
        let asked = units([question], asks: false)
        let asking = units([question], asks: true)
        let common = zip(asked, asking).prefix { $0 == $1 }.count
        return [
            behind.flatMap { encoder.firstSpecial(answered[($0 + 1)...]) },
            encoder.firstSpecial(asking[common...]),
        ].compactMap(\.self)
    }

    /// Asks: the prompt is the system text, as many of the newest turns as the window has room for
    /// beside it and the message, the message, and the beginning of an answer.
    ///
    /// As Qwen's own `make_context`, which fills its window from the newest turn backwards; but the
    /// message counts here too, so that the prompt never outgrows the window.
    ///
    /// - Throws: `ChatError.messageTooLong`, `.noToken`, `TemplateError`, `QwenError.unwritableByte`; nothing is
    ///   forgotten then.
    package mutating func ask(_ message: String) throws -> Prompt {
        let question = TemplateText(message, origin: .given)
        func tokens(leavingOut count: Int) throws -> [Int] {
            try prompt(question, turns[count...])
        }
        var best = try tokens(leavingOut: 0)
        guard best.count > window else {
            self.question = question
            return Prompt(tokens: best, turnsLeftOut: 0)
        }
        best = turns.isEmpty ? best : try tokens(leavingOut: turns.count)
        guard best.count <= window else {
            throw ChatError.messageTooLong(tokens: best.count, window: window)
        }
        // So many turns are too few to leave out, and so many are enough.
        var (tooFew, enough) = (0, turns.count)
        while enough - tooFew > 1 {
            let middle = (tooFew + enough) / 2
            let tokens = try tokens(leavingOut: middle)
            if tokens.count <= window {
                (best, enough) = (tokens, middle)
            } else {
                tooFew = middle
            }
        }
        self.question = question
        return Prompt(tokens: best, turnsLeftOut: enough)
    }

    /// Keeps the answer to what was asked last, without its end token.
    package mutating func answer(_ tokens: [Int]) {
        turns.append(Turn(question: question, answer: PromptEncoder.Answer(tokens, tokenizer)))
        question = TemplateText("")
    }

    /// Forgets all turns, not the system text.
    package mutating func clear() {
        turns = []
    }

    private func prompt(_ question: TemplateText, _ turns: ArraySlice<Turn>) throws -> [Int] {
        var messages: [ChatTemplate.Message] = []
        if let system { messages.append(ChatTemplate.Message(role: "system", content: system)) }
        for turn in turns {
            messages.append(ChatTemplate.Message(role: "user", content: turn.question))
            messages.append(ChatTemplate.Message(role: "assistant", content: turn.answer.text))
        }
        messages.append(ChatTemplate.Message(role: "user", content: question))
        return try tokens(
            of: template.render(messages, asks: true, thinking: thinking), turns.map(\.answer))
    }

    /// - Throws: `ChatError.noToken`, `QwenError.unwritableByte`.
    func tokens(of text: TemplateText, _ answers: [PromptEncoder.Answer]) throws -> [Int] {
        let tokens = try encoder.encode(text, answers)
        guard !tokens.isEmpty else { throw ChatError.noToken }
        return tokens.starts(with: tokenizer.leadingTokens)
            ? tokens : tokenizer.leadingTokens + tokens
    }
}
