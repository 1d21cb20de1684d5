/// What one worker did from one moment to another, and how long it then waited for the others.
///
/// Times are nanoseconds of `CLOCK_MONOTONIC`. Half a cache line.
package struct RecordedSpan: Equatable, Sendable {
    /// Which piece of work, as the program that records counts them.
    package var work: UInt16
    /// The layer, or -1.
    package var layer: Int16
    /// The step, counted from 0.
    package var step: UInt32
    package var start: UInt64
    /// When the worker had done its share.
    package var end: UInt64
    /// When the barrier behind it let the worker go; `end` where there is none.
    package var released: UInt64
}
