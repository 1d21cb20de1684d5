/// A prompt of a file, as tokens.
package struct ListedPrompt: Equatable, Sendable {
    package var tokens: [Int]
    /// How many tokens the answer of the file has; nil where it has none.
    package var answerTokens: Int?

    package init(tokens: [Int], answerTokens: Int? = nil) {
        self.tokens = tokens
        self.answerTokens = answerTokens
    }
}
