/// How the authors of a model have it answer: `generation_config.json` of a Hugging Face directory, or
/// what a GGUF file says of it.
///
/// nil is what the files do not say.
package struct GenerationConfiguration: Equatable, Sendable {
    /// `eos_token_id`, one or a list, also of `config.json`: tokens that end an answer, beside the
    /// tokenizer's.
    package internal(set) var endTokens: Set<Int> = []
    /// `do_sample`: whether tokens are drawn; without it they are not.
    package internal(set) var draws: Bool?
    /// `temperature`.
    package internal(set) var temperature: Float?
    /// `top_k`.
    package internal(set) var topK: Int?
    /// `top_p`.
    package internal(set) var topP: Float?
    /// `repetition_penalty`.
    package internal(set) var repetitionPenalty: Float?
    /// `max_new_tokens`.
    package internal(set) var newTokens: Int?
    /// `chat_format` of Qwen v1: `chatml` or `raw`.
    package internal(set) var chatFormat: String?
    /// `max_window_size` of Qwen v1: tokens that the prompt of a chat has at most.
    package internal(set) var windowSize: Int?

    /// `max_length`: tokens of prompt and answer together, where there is no `max_new_tokens`.
    package internal(set) var positions: Int?
    /// `suppress_tokens`: never chosen.
    package internal(set) var suppressedTokens: [Int] = []
    /// Keys that ask for something that is not done, as they stand there: to be said where an answer
    /// is given.
    package internal(set) var undone: [String] = []

    /// More positions than any model can have.
    static let mostTokens = 1 << 24
    /// What transformers takes where a file draws and does not say.
    private static let usualTopK = 50

    /// A file that says nothing.
    package init() {}

    /// The options that it makes of others: what it does not say stays.
    ///
    /// A file that draws draws at a temperature of 1 from the 50 most probable tokens where it says
    /// nothing else, as transformers does; one that does not draw, or does not say, is greedy.
    package func sampling(over options: SamplingOptions) -> SamplingOptions {
        var result = options
        switch draws {
        case true?:
            result.temperature = temperature ?? 1
            result.topK = Self.usualTopK
        case false?: result.temperature = 0
        case nil: break
        }
        if let topK { result.topK = topK }
        if let topP { result.topP = topP }
        if let repetitionPenalty { result.repetitionPenalty = repetitionPenalty }
        result.suppressedTokens = suppressedTokens
        return result
    }

    /// Tokens that an answer may have, where it says.
    package func limit(promptLength: Int) -> Int? {
        newTokens ?? positions.map { max(1, $0 - promptLength) }
    }
}
