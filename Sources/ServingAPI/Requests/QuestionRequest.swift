internal import JSON

/// What `/chat/completions` is asked in the shape of LLM-TPU's server.
package struct QuestionRequest: Equatable, Sendable {
    package let question: String
    /// What was said before: questions and answers in turn.
    package let history: [String]
    package let isStream: Bool

    private static let mostTurns = 4096

    init(_ fields: inout Fields) throws(APIError) {
        guard let question = try fields.string("question") else {
            throw fields.wrong("question", "a string")
        }
        self.question = question
        history = try fields.strings("history", most: Self.mostTurns) ?? []
        guard history.count.isMultiple(of: 2) else {
            throw .invalid(
                "history",
                "'history' must be questions and answers in turn, not \(history.count) texts")
        }
        isStream = try fields.boolean("stream") ?? false
    }
}
