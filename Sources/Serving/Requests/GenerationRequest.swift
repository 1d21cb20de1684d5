package import Qwen

/// One prompt and what is wanted of its answers.
package struct GenerationRequest: Sendable {
    /// Token ids, at least one.
    package var prompt: [Int32]
    /// Tokens of an answer at most; 0 where the prompt alone is of interest.
    package var limit: Int
    /// How many answers; further ones draw with seeds one, two, … above that of `sampling`.
    package var answers = 1
    package var sampling = SamplingOptions()
    /// Whether the model's end tokens end nothing.
    package var ignoresEnd = false
    /// Further tokens that end an answer.
    package var stopTokens: [Int32] = []
    /// Texts that end an answer and are not part of it; the engine leaves them to `AnswerText`.
    package var stops: [String] = []
    /// Tokens of an answer before which nothing ends it but the limit.
    package var leastTokens = 0
    /// How many of the most probable tokens are told beside each that is chosen, with the
    /// log-probabilities of all; nil for none of that.
    package var logProbabilities: Int?
    /// Whether the same is told of the prompt's tokens.
    package var scoresPrompt = false
    /// Whether it shares beginnings of prompts with others, where the engine keeps them.
    package var usesPrefixes = true

    package init(prompt: [Int32], limit: Int) {
        self.prompt = prompt
        self.limit = limit
    }

    /// Whether the beginning of its prompt may be one that the cache has: scores are of rows that are computed.
    var findsPrefix: Bool { usesPrefixes && !scoresPrompt }

    /// Positions that each of its sequences may fill.
    var positions: Int { prompt.count + limit }

    /// The most probable tokens that can be asked for, as of OpenAI's API.
    static let mostLogProbabilities = 20
    /// Bounds of what is searched for at every token.
    private static let mostStops = 64
    private static let mostStopBytes = 1024

    /// - Throws: `ServingError.invalid`.
    func validate(for limits: ServingLimits) throws(ServingError) {
        try validatePrompt(limits)
        try validateLengths(limits)
        try validateStops(limits)
        do {
            try sampling.validate(vocabularySize: limits.vocabularySize)
        } catch {
            guard case .invalidSampling(let option, let problem) = error else {
                throw .invalid(field: "sampling", problem: error.description)
            }
            throw .invalid(field: option, problem: problem)
        }
        if let count = logProbabilities, !(0...Self.mostLogProbabilities ~= count) {
            throw .invalid(
                field: "logprobs",
                problem: "\(count) is not from 0 to \(Self.mostLogProbabilities)")
        }
    }

    private func validatePrompt(_ limits: ServingLimits) throws(ServingError) {
        guard !prompt.isEmpty else {
            throw .invalid(field: "prompt", problem: "it has no token; give at least one")
        }
        if let token = prompt.first(where: { !limits.hasToken($0) }) {
            throw .invalid(
                field: "prompt",
                problem: "\(token) is not a token; the vocabulary has \(limits.vocabularySize)")
        }
    }

    private func validateLengths(_ limits: ServingLimits) throws(ServingError) {
        guard limit >= 0 else {
            throw .invalid(field: "max_tokens", problem: "\(limit) is negative")
        }
        let (positions, overflow) = prompt.count.addingReportingOverflow(limit)
        guard !overflow, positions <= limits.capacity else {
            // The words that gateways look for.
            throw .invalid(
                field: prompt.count < limits.capacity ? "max_tokens" : "prompt",
                problem:
                    "the maximum context length is \(limits.capacity) tokens, and this asks for "
                    + "\(prompt.count) in the prompt and \(limit) in the answer; shorten one of them"
            )
        }
        guard 1...limits.slots ~= answers else {
            throw .invalid(field: "n", problem: "\(answers) is not from 1 to \(limits.slots)")
        }
        let blocks = limits.blocks(prompt: prompt.count, positions: positions, answers: answers)
        guard blocks <= limits.blocks else {
            throw .invalid(
                field: answers > 1 ? "n" : "max_tokens",
                problem: "prompt and answers need \(blocks) blocks of the KV cache, which has "
                    + "\(limits.blocks); ask for less")
        }
        guard 0...limit ~= leastTokens else {
            throw .invalid(
                field: "min_tokens", problem: "\(leastTokens) is not from 0 to max_tokens, \(limit)"
            )
        }
    }

    private func validateStops(_ limits: ServingLimits) throws(ServingError) {
        if let token = stopTokens.first(where: { !limits.hasToken($0) }) {
            throw .invalid(
                field: "stop_token_ids",
                problem: "\(token) is not a token; the vocabulary has \(limits.vocabularySize)")
        }
        guard stops.count <= Self.mostStops else {
            throw .invalid(
                field: "stop", problem: "\(stops.count) texts are more than \(Self.mostStops)")
        }
        guard stops.allSatisfy({ 1...Self.mostStopBytes ~= $0.utf8.count }) else {
            throw .invalid(
                field: "stop",
                problem: "a text of it is empty or longer than \(Self.mostStopBytes) bytes")
        }
    }
}
