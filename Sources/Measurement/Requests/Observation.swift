/// What one run of a workload was seen to do: its requests, and the steps where the engine can stamp
/// them.
public struct Observation: Equatable, Sendable {
    /// Every request once, but for those that share all of their times.
    public var requests: [RequestTrace]
    /// How many requests each of them stands for: the sequences of a batch in lock step have one
    /// timeline, which is stored once.
    public var copies: Int
    /// The call and P0…P3 of its steps; nil where the engine cannot stamp them.
    public var steps: Trace?
    /// A mark of everything that was generated: equal tokens give equal marks on every machine; nil
    /// where the ids are not known.
    public var outputHash: UInt64?

    /// Takes what was seen.
    ///
    /// - Precondition: `copies` is 1 or more.
    public init(
        requests: [RequestTrace], copies: Int = 1, steps: Trace? = nil, outputHash: UInt64? = nil
    ) {
        precondition(copies > 0, "a timeline stands for a request at least")
        self.requests = requests
        self.copies = copies
        self.steps = steps
        self.outputHash = outputHash
    }

    /// A batch in lock step: all start with the call and have a token after every step.
    ///
    /// A call that is not stamped at both ends has no requests: nothing is known of them.
    ///
    /// - Parameters:
    ///   - sequences: How many there are, 1 or more.
    ///   - inputTokens: Of each prompt.
    ///   - outputTokens: Of each answer; steps that are stamped say it themselves.
    public init(
        lockStep trace: Trace, sequences: Int, inputTokens: Int, outputTokens: Int,
        outputHash: UInt64? = nil
    ) {
        let request = RequestTrace(
            lockStep: trace, inputTokens: inputTokens, outputTokens: outputTokens)
        self.init(
            requests: request.map { [$0] } ?? [], copies: sequences, steps: trace,
            outputHash: outputHash)
    }

    /// How many requests there are, those that share a timeline one by one.
    public var requestCount: Int { requests.count * copies }

    /// From the first intended start to the last end, in nanoseconds of `Clock`; of a call from entry to
    /// end; nil where nothing is known.
    public var window: (start: UInt64, end: UInt64)? {
        if let entry = steps?.callEntry, let end = steps?.callEnd { return (entry, end) }
        let times = requests.flatMap {
            [$0.end, $0.events.last?.time, $0.sent].compactMap(\.self)
        }
        guard let start = requests.map(\.intendedStart).min(), let end = times.max() else {
            return nil
        }
        return (start, end)
    }

    /// Whether everything that is known of the requests is in the steps: the timeline is then stored
    /// as the steps alone.
    public var isLockStep: Bool {
        guard let steps, requests.count == 1, let request = requests.first else { return false }
        return request
            == RequestTrace(
                lockStep: steps, inputTokens: request.inputTokens,
                outputTokens: request.outputTokens)
    }
}

extension RequestTrace {
    /// A sequence of a batch in lock step; nil if the call is not stamped at both ends.
    fileprivate init?(lockStep trace: Trace, inputTokens: Int, outputTokens: Int) {
        guard let entry = trace.callEntry, let end = trace.callEnd, trace.isComplete else {
            return nil
        }
        self.init(
            inputTokens: inputTokens, intendedStart: entry, sent: entry,
            events: trace.stampsSteps
                ? trace.steps.map { Event(time: $0.tokenBooked) }
                : [Event(time: end, tokens: outputTokens)],
            isStreamed: trace.stampsSteps, end: end)
    }
}
