public import Measurement

/// Everything that happened during one call: what each thread did at every moment.
public struct Recording: Equatable, Sendable {
    /// The sizes of the call.
    public var shape: Shape
    /// How many threads worked.
    public var threadCount: Int
    /// What spans refer to.
    public var operators: [Operator]
    /// The timing points of every step; step 0 is the prefill.
    public var steps: [StepStamps]
    /// When all threads worked together, in the order of time.
    public var passes: [Pass]
    /// What the threads did: thread by thread, each in the order of time.
    ///
    /// Every thread takes part in the same calls in the same order, if only with an empty share; the
    /// operators of `Workforce.host` are those of thread 0 alone, between passes.
    public var spans: [Span]
    /// Spans and passes that found no room.
    public var droppedSpans: Int
    /// What the machine could do right before the call; nil if it was not measured.
    public var roofBefore: Roof?
    /// The same right after.
    public var roofAfter: Roof?

    /// Takes the facts.
    ///
    /// The last span of a thread in a pass has no barrier behind it: it waits until the pass ends.
    public init(
        shape: Shape, threadCount: Int, operators: [Operator], steps: [StepStamps],
        passes: [Pass], spans: [Span], droppedSpans: Int = 0, roofBefore: Roof? = nil,
        roofAfter: Roof? = nil
    ) {
        self.shape = shape
        self.threadCount = threadCount
        self.operators = operators
        self.steps = steps
        self.passes = passes
        self.spans = spans
        self.droppedSpans = droppedSpans
        self.roofBefore = roofBefore
        self.roofAfter = roofAfter
        for first in self.spans.indices where self.spans[first].released == self.spans[first].end {
            let next = first + 1
            let span = self.spans[first]
            guard let pass = passes.first(where: { $0.contains(span) }) else { continue }
            if next == spans.count || spans[next].thread != span.thread
                || !pass.contains(spans[next])
            {
                self.spans[first].released = max(span.end, pass.end)
            }
        }
    }

    /// The roof that shares are of; nil unless it was measured before and after.
    public var roof: Roof? {
        guard let roofBefore, let roofAfter else { return nil }
        return Roof(before: roofBefore, after: roofAfter)
    }

    /// The steps of a phase, counted from 0.
    public func steps(_ phase: Phase) -> Range<Int> {
        switch phase {
        case .prefill: 0..<min(1, steps.count)
        case .decode: min(1, steps.count)..<steps.count
        }
    }

    /// Nanoseconds of a phase: from the top of its first step to the end of its last.
    public func duration(_ phase: Phase) -> Double {
        let range = steps(phase)
        guard let first = range.first, let last = range.last else { return 0 }
        return nanoseconds(from: steps[first].loopTop, to: steps[last].tokenBooked)
    }
}
