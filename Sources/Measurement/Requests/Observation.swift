/// What one run of a workload was seen to do: its requests, and the steps where the engine can stamp
/// them.
public struct Observation: Equatable, Sendable {
    /// Every request once, but for those that share all of their times.
    public var requests: [RequestTrace]
    /// How many requests each of them stands for: the sequences of a batch in lock step have one
    /// timeline, which is stored once.
    public var copies: Int
    /// P0…P3 of the steps; nil where the engine cannot stamp them.
    public var steps: Trace?

    /// Takes what was seen.
    public init(requests: [RequestTrace], copies: Int = 1, steps: Trace? = nil) {
        precondition(copies > 0, "a timeline stands for a request at least")
        self.requests = requests
        self.copies = copies
        self.steps = steps
    }

    /// A batch in lock step: all start with the call and have a token after every step.
    ///
    /// - Precondition: the trace is complete.
    public init(shape: Shape, lockStep trace: Trace) {
        guard let entry = trace.callEntry, let end = trace.callEnd, trace.isComplete else {
            preconditionFailure("an observation needs a complete trace")
        }
        self.init(
            requests: [
                RequestTrace(
                    inputTokens: shape.inputLength, intendedStart: entry, sent: entry,
                    events: trace.steps.map { RequestTrace.Event(time: $0.tokenBooked) },
                    end: end)
            ],
            copies: shape.batch, steps: trace)
    }
}
