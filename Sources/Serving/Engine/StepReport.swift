package import Qwen

/// Names a request for as long as its engine lives.
package struct RequestID: Hashable, Sendable {
    package let number: UInt64
}

/// What a pass brought: everything that happened since the report before.
package struct StepReport: Sendable {
    /// In their order.
    package var events: [StepEvent] = []
    /// What events point to: for each token its own, then the most probable ones.
    package var logProbabilities: [LogProbability] = []
    package var load: ServingLoad
}

/// Something that happened to an answer.
package struct StepEvent: Sendable {
    package enum What: Sendable, Equatable {
        /// The prompt of all answers has a place, and so many of its tokens are in the cache already.
        case admitted(cachedTokens: Int)
        /// Log-probabilities of the prompt's next tokens, from its second on, of `logProbabilities`.
        case scored(Range<Int>)
        /// A token, and its log-probabilities.
        case token(Int32, Range<Int>)
        /// The last of an answer.
        case ended(FinishReason)
    }

    package let request: RequestID
    /// Of those that the request asks for; 0 for what is of all of them.
    package let answer: Int
    /// Of the engine's clock.
    package let time: UInt64
    package let what: What
}

/// Why an answer has no further tokens.
package enum FinishReason: Sendable, Equatable {
    /// The model chose a token that ends answers, which is not part of it.
    case endToken(Int32)
    /// It has as many tokens as were asked for.
    case limit
    case cancelled
    case failed(QwenError)
}

/// How busy the server is, and with what it was busy last.
package struct ServingLoad: Sendable, Equatable {
    /// Requests that wait for a place, and sequences that have one.
    package var waiting = 0
    package var running = 0
    package var freeBlocks: Int
    package let blocks: Int
    /// Rows of the last pass, and how long it took; 0 where there was none since the last report.
    package var decodeRows = 0
    package var promptRows = 0
    package var nanoseconds: UInt64 = 0
}
