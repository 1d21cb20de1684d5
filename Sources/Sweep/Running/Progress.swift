/// Who is told how a sweep gets on; never during a timed call.
package protocol Progress: AnyObject {
    func report(_ event: ProgressEvent)
}

/// A step of a sweep.
package enum ProgressEvent: Equatable, Sendable {
    /// A warm-up run starts; `index` counts from 1.
    case warmup(Point, index: Int, count: Int, time: SweepTime)
    /// A run of the control cell starts; `index` counts from 1.
    case control(Point, index: Int, count: Int, time: SweepTime)
    /// A repetition starts; `index` counts from 1, `count` is nil where a point is repeated until it
    /// is known well enough.
    case repetition(CellProgress, index: Int, count: Int?, time: SweepTime)
    /// A point is done.
    case finished(CellProgress, status: Status, reason: String?, time: SweepTime)
    /// Something the user should know; the sweep goes on.
    case warning(String)
}
