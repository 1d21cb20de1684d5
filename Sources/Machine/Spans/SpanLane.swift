internal import Basics

/// Where one worker writes its spans; a trivial view into the memory of a `SpanRecorder`.
///
/// A span is `begin`, `end`, and `released` if a barrier follows. When there is no more room, spans
/// are counted and lost.
package struct SpanLane {
    /// What a lane begins with, on cache lines of its own.
    struct Header {
        /// Spans begun, with those that found no room.
        var count: Int
        var step: UInt32
    }

    let header: UnsafeMutablePointer<Header>
    /// `capacity` spans, and one for those that find no room.
    let spans: UnsafeMutablePointer<RecordedSpan>
    let capacity: Int

    /// Begins a piece of work.
    package func begin(_ work: Int, layer: Int = -1) {
        let index = min(header.pointee.count, capacity)
        header.pointee.count += 1
        let now = Clock.now()
        spans[index] = RecordedSpan(
            work: UInt16(truncatingIfNeeded: work), layer: Int16(truncatingIfNeeded: layer),
            step: header.pointee.step, start: now, end: now, released: now)
    }

    /// Ends the piece of work that was begun last.
    package func end() {
        let now = Clock.now()
        let span = current
        span.pointee.end = now
        span.pointee.released = now
    }

    /// Notes that the barrier after the piece of work that ended last has let the worker go.
    package func released() {
        current.pointee.released = Clock.now()
    }

    private var current: UnsafeMutablePointer<RecordedSpan> {
        spans + min(header.pointee.count - 1, capacity)
    }
}

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
