/// A stretch of time in which all threads work together, from the moment the driving thread starts
/// them to the moment all are done.
///
/// A decode step is one pass; a long prefill is several.
public struct Pass: Equatable, Sendable {
    /// The step that it belongs to, counted from 0.
    public var step: Int
    /// Nanoseconds of `Clock`.
    public var start: UInt64
    /// Nanoseconds of `Clock`.
    public var end: UInt64

    /// Takes the facts.
    public init(step: Int, start: UInt64, end: UInt64) {
        self.step = step
        self.start = start
        self.end = end
    }

    /// Whether the span lies in it.
    public func contains(_ span: Span) -> Bool { start <= span.start && span.end <= end }
}
