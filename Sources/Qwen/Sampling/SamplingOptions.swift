/// How the next token is chosen from the logits.
package struct SamplingOptions: Sendable, Equatable, Codable {
    /// What is added to the logit of a token.
    package struct Bias: Sendable, Equatable, Codable {
        package let token: Int
        package let value: Float

        package init(token: Int, value: Float) {
            self.token = token
            self.value = value
        }
    }

    /// Added first of all; of two for one token both count.
    package var biases: [Bias] = []
    /// Makes tokens that stand in prompt or answer already less probable; 1 changes nothing.
    package var repetitionPenalty: Float = 1
    /// Taken from the logit of a token for each time that it was chosen; 0 changes nothing.
    package var frequencyPenalty: Float = 0
    /// Taken from the logit of a token that was chosen; 0 changes nothing.
    package var presencePenalty: Float = 0
    /// Tokens that are never chosen.
    package var suppressedTokens: [Int] = []
    /// Divides the logits; 0 takes the most probable token (greedy).
    package var temperature: Float = 0
    /// Only the k most probable tokens are drawn from; 0 takes all.
    package var topK = 0
    /// Only the most probable tokens that together reach this share are drawn from; 1 takes all.
    package var topP: Float = 1
    /// Only tokens at least this share as probable as the most probable one are drawn from; 0 takes
    /// all.
    package var minP: Float = 0
    package var seed: UInt64 = 0

    package init() {}

    /// Whether the largest logit alone decides, whatever was chosen before.
    package var isPlainlyGreedy: Bool {
        temperature == 0 && repetitionPenalty == 1 && !countsChoices && biases.isEmpty
            && suppressedTokens.isEmpty
    }

    /// Whether it matters how often a token was chosen.
    var countsChoices: Bool { frequencyPenalty != 0 || presencePenalty != 0 }

    /// - Throws: `QwenError.invalidSampling` naming the value.
    package func validate() throws(QwenError) {
        guard temperature >= 0, temperature.isFinite else {
            throw .invalidSampling(
                option: "temperature", problem: "\(temperature) is not a number of 0 or more")
        }
        guard topK >= 0 else {
            throw .invalidSampling(
                option: "top_k", problem: "\(topK) is negative; 0 takes all tokens")
        }
        guard topP > 0, topP <= 1 else {
            throw .invalidSampling(
                option: "top_p", problem: "\(topP) is not above 0 and up to 1")
        }
        guard minP >= 0, minP <= 1 else {
            throw .invalidSampling(option: "min_p", problem: "\(minP) is not from 0 to 1")
        }
        guard repetitionPenalty > 0, repetitionPenalty.isFinite else {
            throw .invalidSampling(
                option: "repetition_penalty",
                problem: "\(repetitionPenalty) is not a positive number")
        }
        for (option, value) in [
            ("frequency_penalty", frequencyPenalty), ("presence_penalty", presencePenalty),
        ] {
            guard -2...2 ~= value else {
                throw .invalidSampling(option: option, problem: "\(value) is not from -2 to 2")
            }
        }
        for bias in biases {
            guard -100...100 ~= bias.value else {
                throw .invalidSampling(
                    option: "logit_bias",
                    problem: "\(bias.value) for token \(bias.token) is not from -100 to 100")
            }
        }
    }

    /// - Throws: `QwenError.invalidSampling` for a bias of a token that there is not.
    package func validate(vocabularySize: Int) throws(QwenError) {
        try validate()
        for bias in biases where !(0..<vocabularySize ~= bias.token) {
            throw .invalidSampling(
                option: "logit_bias",
                problem: "\(bias.token) is not a token; the vocabulary has \(vocabularySize)")
        }
    }
}
