/// How the next token is chosen from the logits.
package struct SamplingOptions: Sendable, Equatable, Codable {
    /// Divides the logits; 0 takes the most probable token (greedy).
    package var temperature: Float = 0
    /// Only the k most probable tokens are drawn from; 0 takes all.
    package var topK = 0
    /// Only the most probable tokens that together reach this share are drawn from; 1 takes all.
    package var topP: Float = 1
    /// Makes tokens that stand in the text already less probable; 1 changes nothing.
    package var repetitionPenalty: Float = 1
    package var seed: UInt64 = 0
    /// Tokens that are never chosen.
    package var suppressedTokens: [Int] = []

    package init() {}

    /// - Throws: `QwenError.invalidSampling` naming the value.
    package func validate() throws(QwenError) {
        guard temperature >= 0, temperature.isFinite else {
            throw .invalidSampling(
                problem: "--temperature \(temperature) is not a number of 0 or more")
        }
        guard topK >= 0 else {
            throw .invalidSampling(problem: "--top-k \(topK) is negative; 0 takes all tokens")
        }
        guard topP > 0, topP <= 1 else {
            throw .invalidSampling(problem: "--top-p \(topP) is not above 0 and up to 1")
        }
        guard repetitionPenalty > 0, repetitionPenalty.isFinite else {
            throw .invalidSampling(
                problem: "--repetition-penalty \(repetitionPenalty) is not a positive number")
        }
    }
}
