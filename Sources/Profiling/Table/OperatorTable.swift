internal import Measurement

/// Where the time of one phase went.
///
/// Seen from any thread, a phase is its share of operators, waits at barriers, the starts of passes,
/// and what the host does alone. Each is given as the mean over the threads, so that together they
/// are the phase; what they miss is ``remainder``.
public struct OperatorTable: Equatable, Sendable {
    /// The phase.
    public let phase: Phase
    /// Steps of the phase.
    public let stepCount: Int
    /// Operators in the order of their first calls; those that were not called are left out.
    public let rows: [OperatorRow]
    /// Nanoseconds from the top of the first step to the end of the last.
    public let duration: Double
    /// Nanoseconds at barriers: the sum of the rows.
    public let barriers: Double
    /// Nanoseconds from the start of a pass to a thread's first operator.
    public let dispatch: Double
    /// Nanoseconds of forward passes in which no threads are at work.
    public let host: Double
    /// Nanoseconds that nothing accounts for, the stamps' own among them.
    public let remainder: Double

    /// Adds up the spans of a phase; nil where it has no steps.
    ///
    /// - Parameter perLayer: gives each layer a row of its own.
    public init?(_ recording: Recording, _ phase: Phase, perLayer: Bool = false) {
        let steps = recording.steps(phase)
        guard !steps.isEmpty else { return nil }
        self.phase = phase
        stepCount = steps.count
        let duration = recording.duration(phase)
        self.duration = duration
        let passes = recording.passes.filter { steps.contains($0.step) }
        var spans = [[Span]](repeating: [], count: recording.threadCount)
        for span in recording.spans where steps.contains(span.step) {
            spans[span.thread].append(span)
        }
        let collected = OperatorCalls.collect(spans, of: recording.operators, perLayer: perLayer)
        rows = collected.map { calls in
            let kind = recording.operators[calls.key.operatorIndex]
            let layers =
                calls.key.layer == nil
                ? 1 : collected.count { $0.key.operatorIndex == calls.key.operatorIndex }
            return OperatorRow(
                calls, of: kind, cost: kind.cost(phase).map { $0.divided(by: layers) },
                phaseDuration: duration, roof: recording.roof)
        }
        barriers = rows.reduce(0) { $0 + $1.wait }
        dispatch =
            spans.reduce(0) { $0 + Self.dispatch(of: $1, in: passes) }
            / Double(recording.threadCount)
        host =
            steps.reduce(0) { $0 + recording.steps[$1].forward }
            - passes.reduce(0) { $0 + nanoseconds(from: $1.start, to: $1.end) }
        remainder =
            duration - rows.reduce(0) { $0 + $1.total } - barriers - dispatch - host
    }

    /// How much of a thread's time went by between the starts of passes and its first operators.
    ///
    /// - Parameter spans: in the order of time.
    private static func dispatch(of spans: [Span], in passes: [Pass]) -> Double {
        var sum = 0.0
        var next = 0
        for span in spans where next < passes.count && span.start >= passes[next].start {
            // A pass without a span in it says nothing.
            while next < passes.count, passes[next].end < span.start { next += 1 }
            guard next < passes.count, passes[next].contains(span) else { continue }
            sum += nanoseconds(from: passes[next].start, to: span.start)
            next += 1
        }
        return sum
    }
}

extension Cost {
    fileprivate func divided(by count: Int) -> Cost {
        Cost(bytes: bytes / Double(count), operations: operations / Double(count))
    }
}
