import Basics

/// What an engine stamps while it runs one call: raw nanoseconds of ``Clock``, and no arithmetic.
///
/// The memory is allocated and touched when the trace is made, so that marking neither allocates
/// nor faults a page. Per step the marks follow the order of ``StepStamps``; the times they yield
/// are defined in ``Sample``.
///
///     trace.markCallEntry()
///     for step in 0..<outputLength {
///         trace.markLoopTop()
///         // prepare the inputs
///         trace.markInputsPrepared()
///         // forward pass
///         trace.markForwardDone()
///         // choose the token, book it
///         trace.markTokenBooked()
///     }
///     trace.markCallEnd()
public struct Trace: Equatable, Sendable {
    /// Whether the marks of the steps are taken, or only those of the call (`TIMEIT=0`).
    public let stampsSteps: Bool
    /// When the call began, with its token ids ready; nil until marked.
    public private(set) var callEntry: UInt64?
    /// When the call ended; nil until marked.
    public private(set) var callEnd: UInt64?

    /// (step, point), row-major, four points a step.
    private var stamps: [UInt64]
    /// How many stamps are taken.
    private var cursor = 0

    private static let pointsPerStep = 4

    /// Makes an empty trace with room for `capacity` steps.
    ///
    /// - Precondition: `capacity` is not negative.
    public init(capacity: Int, stampsSteps: Bool = true) {
        precondition(capacity >= 0, "a trace cannot hold \(capacity) steps")
        self.stampsSteps = stampsSteps
        // Writing the zeros touches the pages.
        stamps = [UInt64](repeating: 0, count: stampsSteps ? capacity * Self.pointsPerStep : 0)
    }

    /// Makes a trace from stamps that were taken elsewhere.
    public init(
        callEntry: UInt64, callEnd: UInt64, steps: [StepStamps], stampsSteps: Bool = true
    ) {
        self.init(capacity: steps.count, stampsSteps: stampsSteps)
        for step in steps { append(step: step) }
        stampCall(entry: callEntry, end: callEnd)
    }

    /// The most steps this trace can hold; 0 if it stamps none.
    public var capacity: Int { stamps.count / Self.pointsPerStep }

    /// How many steps have all four stamps.
    public var stepCount: Int { cursor / Self.pointsPerStep }

    /// Whether the call is stamped at both ends and no step is half stamped.
    public var isComplete: Bool {
        callEntry != nil && callEnd != nil && cursor.isMultiple(of: Self.pointsPerStep)
    }

    /// The stamps of the step at `index`, counted from 0.
    ///
    /// - Precondition: `index` is below ``stepCount``.
    public subscript(step index: Int) -> StepStamps {
        precondition(index >= 0 && index < stepCount, "step \(index) is not stamped")
        let base = index * Self.pointsPerStep
        return StepStamps(
            loopTop: stamps[base], inputsPrepared: stamps[base + 1],
            forwardDone: stamps[base + 2], tokenBooked: stamps[base + 3])
    }

    /// The stamps of all steps.
    public var steps: [StepStamps] { (0..<stepCount).map { self[step: $0] } }

    /// Forgets every stamp and keeps the memory.
    public mutating func reset() {
        callEntry = nil
        callEnd = nil
        cursor = 0
        // Writing here, and not at the first mark, takes a copy now if the storage is shared.
        for index in stamps.indices { stamps[index] = 0 }
    }
}

// MARK: - Marking, on the hot path

extension Trace {
    /// Stamps the entry of the call, with its token ids ready.
    public mutating func markCallEntry() { callEntry = Clock.now() }

    /// Stamps P0 of the next step.
    ///
    /// - Precondition: the step before is fully stamped, and the trace is not full.
    public mutating func markLoopTop() { mark(point: 0) }

    /// Stamps P1 of the current step.
    ///
    /// - Precondition: P0 is the stamp before.
    public mutating func markInputsPrepared() { mark(point: 1) }

    /// Stamps P2 of the current step.
    ///
    /// - Precondition: P1 is the stamp before.
    public mutating func markForwardDone() { mark(point: 2) }

    /// Stamps P3 of the current step.
    ///
    /// - Precondition: P2 is the stamp before.
    public mutating func markTokenBooked() { mark(point: 3) }

    /// Stamps the end of the call.
    public mutating func markCallEnd() { callEnd = Clock.now() }

    @inline(__always)
    private mutating func mark(point: Int) {
        guard stampsSteps else { return }
        precondition(cursor < stamps.count, "the trace is full")
        precondition(cursor % Self.pointsPerStep == point, "timing points out of order")
        stamps[cursor] = Clock.now()
        cursor += 1
    }
}

// MARK: - Stamps taken elsewhere

extension Trace {
    /// Adds a step whose stamps were taken elsewhere; does nothing if steps are not stamped.
    ///
    /// - Precondition: the step before is fully stamped, and the trace is not full.
    public mutating func append(step: StepStamps) {
        guard stampsSteps else { return }
        precondition(cursor % Self.pointsPerStep == 0, "timing points out of order")
        precondition(cursor < stamps.count, "the trace is full")
        stamps[cursor] = step.loopTop
        stamps[cursor + 1] = step.inputsPrepared
        stamps[cursor + 2] = step.forwardDone
        stamps[cursor + 3] = step.tokenBooked
        cursor += Self.pointsPerStep
    }

    /// Sets both ends of the call from stamps that were taken elsewhere.
    public mutating func stampCall(entry: UInt64, end: UInt64) {
        callEntry = entry
        callEnd = end
    }
}

extension Trace {
    /// Two traces are equal if they say the same, whatever room is left in them.
    public static func == (left: Trace, right: Trace) -> Bool {
        left.stampsSteps == right.stampsSteps && left.callEntry == right.callEntry
            && left.callEnd == right.callEnd
            && left.stamps[..<left.cursor] == right.stamps[..<right.cursor]
    }
}
