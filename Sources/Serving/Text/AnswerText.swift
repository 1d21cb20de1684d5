package import Qwen

/// The text of an answer as its tokens come: whole characters, and nothing of what ends it.
package struct AnswerText {
    private var stream: StreamedText
    private var search: StopSearch?
    /// Tokens to come in which a stop ends nothing.
    private var protected: Int

    /// Whether a stop has ended it; whatever comes then is not of the answer.
    package private(set) var isStopped = false

    /// - Parameters:
    ///   - stops: texts that end it, none of them empty.
    ///   - leastTokens: tokens whose text is not searched.
    package init(_ tokenizer: Tokenizer, stops: [String] = [], leastTokens: Int = 0) {
        stream = StreamedText(tokenizer)
        search = stops.isEmpty ? nil : StopSearch(stops)
        protected = leastTokens
    }

    /// The text that is certain with this token; may be empty.
    ///
    /// - Throws: `QwenError.unknownToken`.
    package mutating func append(_ token: Int32) throws(QwenError) -> String {
        guard !isStopped else { return "" }
        let text = try stream.append(Int(token))
        guard protected == 0 else {
            protected -= 1
            return text
        }
        return searched(text)
    }

    /// What was held back, with U+FFFD for a character that was cut off.
    package mutating func finish() -> String {
        guard !isStopped else { return "" }
        let text = searched(stream.finish())
        guard let rest = search?.held, !isStopped else { return text }
        isStopped = true
        return text + String(decoding: rest, as: UTF8.self)
    }

    private mutating func searched(_ text: String) -> String {
        guard let (passed, isFound) = search?.take(text.utf8) else { return text }
        isStopped = isFound
        return String(decoding: passed, as: UTF8.self)
    }
}
