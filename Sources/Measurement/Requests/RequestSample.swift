/// What one request says, derived from its stamps: every metric of a request is defined here, and
/// only here.
///
/// t0 is the intended start, ts the sending, t(k) the time of event k = 1…E, m(k) its tokens,
/// n = Σ m(k), L the tokens of the prompt. What the request cannot give is nil, never 0.
///
/// An answer that came whole has an end and no first token: TTFT, TPOT and gaps are nil.
///
/// From t0, and not from ts, because a client that is late, or waits for a place, would otherwise
/// hide what its user waits (coordinated omission); MLPerf's server scenario does the same.
public struct RequestSample: Equatable, Sendable {
    /// L.
    public let inputTokens: Int
    /// n.
    public let outputTokens: Int
    /// How the request came out.
    public let outcome: RequestTrace.Outcome
    /// Whether its tokens were stamped as they came.
    public let isStreamed: Bool

    /// ts − t0 in milliseconds: how late it was sent.
    public let lateness: Double?
    /// TTFT in milliseconds: t(1) − t0.
    public let ttft: Double?
    /// t(1) − ts in milliseconds: what tools that know no intended start call TTFT.
    public let ttftFromSending: Double?
    /// E2E in milliseconds: t(E) − t0.
    public let endToEnd: Double?
    /// t(E) − ts in milliseconds.
    public let endToEndFromSending: Double?
    /// TPOT in milliseconds: (t(E) − t(1))/(n − m(1)): the tokens after the first event in the time
    /// after it. (n − 1 where the first event has one token, as other tools have it always.)
    public let tpot: Double?
    /// ITL: the gaps t(k) − t(k−1), k = 2…E, in milliseconds.
    public let gaps: [Double]
    /// Tokens that ended each gap: m(k), k = 2…E.
    public let gapTokens: [Int]
    /// (t(E) − t0)/n in milliseconds: GuideLLM's TPOT.
    public let normalizedLatency: Double?

    /// Derives it.
    ///
    /// - Precondition: events are in the order of their times, and have a token at least.
    public init(_ trace: RequestTrace) {
        precondition(trace.events.allSatisfy { $0.tokens > 0 }, "an event brings a token")
        inputTokens = trace.inputTokens
        let tokens = trace.outputTokens
        outputTokens = tokens
        outcome = trace.outcome
        isStreamed = trace.isStreamed
        func milliseconds(_ start: UInt64?, _ end: UInt64?) -> Double? {
            guard let start, let end else { return nil }
            return nanoseconds(from: start, to: end) / 1e6
        }
        let t0 = trace.intendedStart
        let first = trace.isStreamed ? trace.events.first : nil
        // An answer that broke off has no end that says how long one takes.
        let last = trace.outcome.isWhole && trace.isEndKnown ? trace.events.last : nil
        lateness = milliseconds(t0, trace.sent)
        ttft = milliseconds(t0, first?.time)
        ttftFromSending = milliseconds(trace.sent, first?.time)
        let endToEnd = milliseconds(t0, last?.time)
        self.endToEnd = endToEnd
        endToEndFromSending = milliseconds(trace.sent, last?.time)
        let later = trace.isStreamed ? trace.events.dropFirst() : []
        gaps = zip(trace.events, later).map {
            nanoseconds(from: $0.time, to: $1.time) / 1e6
        }
        gapTokens = later.map(\.tokens)
        if let first, let last, tokens > first.tokens {
            let decode = nanoseconds(from: first.time, to: last.time) / 1e6
            tpot = decode / Double(tokens - first.tokens)
        } else {
            tpot = nil
        }
        normalizedLatency = tokens > 0 ? endToEnd.map { $0 / Double(tokens) } : nil
    }

    /// Tokens of the answer a second, for its user: n/(t(E) − t0).
    public var outputRate: Double? { rate(outputTokens) }

    /// Tokens of prompt and answer a second: (L + n)/(t(E) − t0).
    public var totalRate: Double? { rate(inputTokens + outputTokens) }

    private func rate(_ tokens: Int) -> Double? {
        guard let endToEnd, endToEnd > 0 else { return nil }
        return Double(tokens) / (endToEnd / 1e3)
    }
}
