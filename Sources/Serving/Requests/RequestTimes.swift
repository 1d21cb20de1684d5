package import Measurement
internal import Qwen

/// When a request came, had a place, had tokens and ended, as the server saw it.
///
/// All in nanoseconds of the engine's clock. What has not happened, or never did, is nil.
package struct RequestTimes: Sendable, Equatable {
    package let inputTokens: Int
    package let arrived: UInt64
    package private(set) var admitted: UInt64?
    /// Tokens of the prompt that the cache had.
    package private(set) var cachedTokens: Int?
    /// Of every token of every answer, in the order in which they came.
    package private(set) var tokens: [UInt64] = []
    /// When the last of its answers had ended, and why.
    package private(set) var end: UInt64?
    package private(set) var finish: FinishReason?

    private var openAnswers: Int

    /// - Parameters:
    ///   - arrived: when it was submitted.
    ///   - answers: that it asks for.
    package init(inputTokens: Int, arrived: UInt64, answers: Int = 1) {
        self.inputTokens = inputTokens
        self.arrived = arrived
        openAnswers = answers
    }

    /// Takes note of one of the request's events, in their order.
    package mutating func note(_ event: StepEvent) {
        switch event.what {
        case .admitted(let cached):
            admitted = event.time
            cachedTokens = cached
        case .scored: break
        case .token: tokens.append(event.time)
        case .ended(let reason):
            openAnswers -= 1
            guard openAnswers == 0 else { return }
            end = event.time
            finish = reason
        }
    }

    /// From its arrival until it had a place, in seconds.
    package var queueSeconds: Double? { Self.seconds(arrived, admitted) }

    /// From there until its first token.
    package var prefillSeconds: Double? { Self.seconds(admitted, tokens.first) }

    /// From there until its last token.
    package var decodeSeconds: Double? { Self.seconds(tokens.first, tokens.last) }

    /// The same in the words of a report; nil before it has ended.
    ///
    /// It was meant to start and was sent when it arrived: what lies before that is the client's.
    package var trace: RequestTrace? {
        guard let end, let finish else { return nil }
        let outcome: RequestTrace.Outcome =
            switch finish {
            case .limit: .ok
            case .endToken: .endedEarly
            case .cancelled: .cutOff(reason: "the client or the server gave it up")
            case .failed(let error): .failed(reason: error.description)
            }
        return RequestTrace(
            inputTokens: inputTokens, intendedStart: arrived, sent: arrived,
            events: tokens.map { RequestTrace.Event(time: $0) }, end: end, outcome: outcome)
    }

    private static func seconds(_ start: UInt64?, _ end: UInt64?) -> Double? {
        guard let start, let end else { return nil }
        return (Double(end) - Double(start)) / 1e9
    }
}
