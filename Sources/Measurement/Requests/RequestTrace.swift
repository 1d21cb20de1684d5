/// What became of one request: raw nanoseconds of ``Clock``, and no arithmetic.
///
/// The times they yield are defined in ``RequestSample``, those of many requests in ``LoadSample``.
public struct RequestTrace: Equatable, Sendable {
    /// Tokens that came together: one of a step, several of a step that verified a draft, or what a
    /// server put into one message.
    public struct Event: Equatable, Sendable {
        /// When they were there for the caller.
        public var time: UInt64
        /// How many; at least one.
        public var tokens: Int

        /// Takes a stamp and what came with it.
        public init(time: UInt64, tokens: Int = 1) {
            self.time = time
            self.tokens = tokens
        }
    }

    /// How a request came out.
    public enum Outcome: Equatable, Sendable {
        /// As many tokens as were asked for.
        case ok
        /// Fewer, because the model ended its answer.
        case endedEarly
        /// It was not taken: by the engine, or because there was no time left to send it.
        case refused(reason: String)
        /// It began and broke.
        case failed(reason: String)
        /// It was still running when the measurement ended.
        case cutOff(reason: String)

        /// Whether the answer is whole, so that its times count.
        public var isWhole: Bool { self == .ok || self == .endedEarly }
    }

    /// Tokens of the prompt.
    public var inputTokens: Int
    /// When it was meant to start: by the arrivals of the workload, or when a place became free.
    public var intendedStart: UInt64
    /// When it was handed to the engine, or its first byte written; nil if it never was.
    public var sent: UInt64?
    /// In the order of their times.
    public var events: [Event]
    /// Whether tokens were stamped as they came; if not, the one event says when all were there.
    public var isStreamed: Bool
    /// Whether it is known when the last token was there; if not, only that it was within a call.
    public var isEndKnown: Bool
    /// When nothing of it was left running; nil if it never was sent, or still ran.
    public var end: UInt64?
    /// How it came out.
    public var outcome: Outcome

    /// Takes what was stamped.
    public init(
        inputTokens: Int, intendedStart: UInt64, sent: UInt64?, events: [Event] = [],
        isStreamed: Bool = true, isEndKnown: Bool = true, end: UInt64? = nil,
        outcome: Outcome = .ok
    ) {
        self.inputTokens = inputTokens
        self.intendedStart = intendedStart
        self.sent = sent
        self.events = events
        self.isStreamed = isStreamed
        self.isEndKnown = isEndKnown
        self.end = end
        self.outcome = outcome
    }

    /// Tokens of the answer so far.
    public var outputTokens: Int { events.reduce(0) { $0 + $1.tokens } }
}
