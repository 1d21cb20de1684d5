import Basics

/// One prompt that an engine is to answer, and when.
package struct Request: Codable, Equatable, Sendable {
    package var prompt: Prompt
    /// Tokens of the prompt.
    package var inputLength: Int
    /// Tokens of the answer: so many exactly, or at most where its end token ends it.
    package var outputLimit: Int
    /// Whether the model's end token ends the answer; otherwise it goes on behind it.
    package var endsAtEndToken: Bool
    /// When it is meant to start, in nanoseconds from the start of the window; nil where that depends
    /// on the end of another.
    package var startOffset: UInt64?

    package init(
        prompt: Prompt, inputLength: Int, outputLimit: Int, endsAtEndToken: Bool = false,
        startOffset: UInt64? = 0
    ) {
        self.prompt = prompt
        self.inputLength = inputLength
        self.outputLimit = outputLimit
        self.endsAtEndToken = endsAtEndToken
        self.startOffset = startOffset
    }

    /// The ids of the prompt, ``inputLength`` of them.
    ///
    /// - Parameter vocabularySize: random ids are below it.
    package func promptTokens(vocabularySize: Int) -> [Int] {
        precondition(vocabularySize > 0, "a vocabulary has a token")
        switch prompt {
        case .tokens(let tokens):
            return tokens
        case .random(let seed, let prefix):
            let shared = min(prefix?.tokens ?? 0, inputLength)
            return Self.ids(shared, below: vocabularySize, seed: prefix?.seed ?? 0)
                + Self.ids(inputLength - shared, below: vocabularySize, seed: seed)
        }
    }

    /// The same with no more than so many tokens of answer.
    func limited(to outputLength: Int) -> Request {
        var limited = self
        limited.outputLimit = min(outputLimit, outputLength)
        return limited
    }

    /// Ids uniform over the vocabulary, as the documents' driver draws them.
    private static func ids(_ count: Int, below bound: Int, seed: UInt64) -> [Int] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { _ in Int(generator.next() % UInt64(bound)) }
    }
}

extension Request {
    /// What a prompt is made of.
    package enum Prompt: Codable, Equatable, Sendable {
        /// Random ids, behind those that it shares with others.
        case random(seed: UInt64, prefix: Prefix? = nil)
        /// These ids.
        case tokens([Int])
    }

    /// Random ids that prompts begin with alike.
    package struct Prefix: Codable, Equatable, Sendable {
        package var seed: UInt64
        /// How many there are.
        package var tokens: Int

        package init(seed: UInt64, tokens: Int) {
            self.seed = seed
            self.tokens = tokens
        }
    }
}
