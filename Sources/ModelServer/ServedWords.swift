package import Qwen
internal import Serving
internal import ServingAPI

/// What a server makes of texts, and of tokens: with the model's tokenizer and its chat template, or
/// with numbers in their place where a model has none.
package struct ServedWords: Sendable {
    /// nil for random weights, which have no words.
    package let tokenizer: Tokenizer?
    /// An empty one; nil where the model has no tokenizer.
    package let conversation: Conversation?
    private let specials: Set<Int>

    package init(_ tokenizer: Tokenizer?, conversation: Conversation?) {
        self.tokenizer = tokenizer
        self.conversation = conversation
        specials = tokenizer?.specialTokens ?? []
    }

    // MARK: From texts

    /// Special tokens in a text that is to be continued are the tokens they name, as every server of
    /// this API has it; those in a message are text.
    ///
    /// - Throws: `APIError`.
    func tokens(
        of prompt: CompletionRequest.Prompt, addsSpecials: Bool, param: String
    ) throws(APIError) -> [Int32] {
        switch prompt {
        case .tokens(let tokens):
            return try Self.ids(tokens, param: param)
        case .text(let text):
            let tokenizer = try self.tokenizer(param)
            return try Self.ids(param: param) {
                let tokens = try tokenizer.encode(text, recognisesSpecials: true)
                return addsSpecials && !tokens.starts(with: tokenizer.leadingTokens)
                    ? tokenizer.leadingTokens + tokens : tokens
            }
        }
    }

    /// - Throws: `APIError`, where texts are to end answers that have none.
    func check(_ fields: GenerationFields) throws(APIError) {
        guard tokenizer != nil || fields.stops.isEmpty else { throw Self.wordless("stop") }
    }

    /// - Throws: `APIError`.
    func tokens(of chat: ChatConversation) throws(APIError) -> [Int32] {
        guard let conversation else { throw Self.wordless("messages") }
        return try Self.ids(param: "messages") {
            try conversation.tokens(
                of: chat.messages, tools: chat.tools, variables: chat.templateVariables,
                asks: chat.asks)
        }
    }

    /// - Throws: `APIError`.
    func tokens(of request: QuestionRequest) throws(APIError) -> [Int32] {
        guard let conversation else { throw Self.wordless("question") }
        return try Self.ids(param: "question") {
            try conversation.tokens(of: request.messages)
        }
    }

    private func tokenizer(_ param: String) throws(APIError) -> Tokenizer {
        guard let tokenizer else { throw Self.wordless(param) }
        return tokenizer
    }

    private static func wordless(_ param: String) -> APIError {
        .unsupported(
            param, "the model that is served has random weights and no tokenizer; give token ids")
    }

    private static func ids(
        param: String, _ tokens: () throws -> [Int]
    ) throws(APIError) -> [Int32] {
        do {
            return try ids(tokens(), param: param)
        } catch let error as APIError {
            throw error
        } catch {
            throw .invalid(param, "\(error)")
        }
    }

    /// What no vocabulary has is refused where the vocabulary is known: in the engine.
    private static func ids(_ tokens: [Int], param: String) throws(APIError) -> [Int32] {
        var ids: [Int32] = []
        ids.reserveCapacity(tokens.count)
        for token in tokens {
            guard let id = Int32(exactly: token) else {
                throw .invalid(param, "\(token) in '\(param)' is not a token")
            }
            ids.append(id)
        }
        return ids
    }

    // MARK: From tokens

    /// The text of an answer to come.
    func answer(stops: [String], leastTokens: Int, skipsSpecials: Bool) -> AnswerWords {
        AnswerWords(
            tokenizer.map { AnswerText($0, stops: stops, leastTokens: leastTokens) },
            skipped: skipsSpecials ? specials : [])
    }

    /// The text of tokens that are all there.
    ///
    /// - Throws: `APIError`.
    func text(of tokens: [Int], param: String) throws(APIError) -> String {
        guard let tokenizer else { return tokens.map { AnswerWords.number($0) }.joined() }
        do throws(QwenError) {
            return try tokenizer.decode(tokens)
        } catch {
            throw .invalid(param, "\(error)")
        }
    }

    /// The text of a prompt, as it is given back; tokens without a text have none.
    func echo(of tokens: [Int32]) -> String {
        String(decoding: tokens.flatMap { bytes(of: $0) }, as: UTF8.self)
    }

    /// The bytes of a token, which need not be whole characters; none for one that only the model has.
    func bytes(of token: Int32) -> [UInt8] {
        guard let tokenizer else { return Array(AnswerWords.number(Int(token)).utf8) }
        let bytes = try? tokenizer.bytes(of: Int(token))
        return bytes.map { Array($0) } ?? []
    }
}

/// The text of an answer as its tokens come.
struct AnswerWords {
    private var text: AnswerText?
    private let skipped: Set<Int>

    /// - Parameters:
    ///   - text: nil writes numbers.
    ///   - skipped: tokens that are no part of the text.
    init(_ text: AnswerText?, skipped: Set<Int>) {
        self.text = text
        self.skipped = skipped
    }

    /// Whether a stop has ended it.
    var isStopped: Bool { text?.isStopped ?? false }

    /// The text that is certain with this token; may be empty.
    mutating func append(_ token: Int32) throws(QwenError) -> String {
        guard !skipped.contains(Int(token)) else { return "" }
        return try text?.append(token) ?? Self.number(Int(token))
    }

    mutating func finish() -> String { text?.finish() ?? "" }

    static func number(_ token: Int) -> String { " \(token)" }
}
