/// What one thread did from one moment to another: its share of one call of an operator, and how
/// long it then waited for the others.
///
/// All times are nanoseconds of `Clock`.
public struct Span: Equatable, Sendable {
    /// Which thread; 0 is the one that drives the engine.
    public var thread: Int
    /// The index of the operator in ``Recording/operators``.
    public var operatorIndex: Int
    /// The layer; nil for what belongs to none.
    public var layer: Int?
    /// The step of the call, counted from 0: step 0 is the prefill.
    public var step: Int
    /// When the thread began.
    public var start: UInt64
    /// When its share was done.
    public var end: UInt64
    /// When the barrier behind it let the thread go: `end` where there is none.
    public var released: UInt64

    /// Takes the facts.
    public init(
        thread: Int, operatorIndex: Int, layer: Int?, step: Int, start: UInt64, end: UInt64,
        released: UInt64
    ) {
        self.thread = thread
        self.operatorIndex = operatorIndex
        self.layer = layer
        self.step = step
        self.start = start
        self.end = end
        self.released = released
    }

    /// The phase that it belongs to.
    public var phase: Phase { Phase(step: step) }
    /// Nanoseconds of work.
    public var busy: Double { nanoseconds(from: start, to: end) }
    /// Nanoseconds of waiting for other threads.
    public var wait: Double { nanoseconds(from: end, to: released) }
}

/// The distance of two stamps, negative if they are in the wrong order.
func nanoseconds(from start: UInt64, to end: UInt64) -> Double {
    end >= start ? Double(end - start) : -Double(start - end)
}
