/// Who is told how a sweep gets on; never during a timed call.
package protocol Progress: AnyObject {
    func report(_ event: ProgressEvent)
}

/// A step of a sweep.
package enum ProgressEvent: Equatable, Sendable {
    /// A warm-up run starts; `index` counts from 1.
    case warmup(Point, index: Int, count: Int)
    /// A run of the control cell starts; `index` counts from 1.
    case control(Point, index: Int, count: Int)
    /// A repetition starts. Both indices count from 1; `count` is nil where a point is repeated until
    /// it is known well enough; `remainingSeconds` is the estimate for it and all that follow, nil
    /// before anything ran.
    case repetition(
        Point, cell: Int, cellCount: Int, index: Int, count: Int?, remainingSeconds: Double?)
    /// A point is done; `cell` counts from 1.
    case finished(Point, cell: Int, cellCount: Int, status: Status, reason: String?)
    /// Something the user should know; the sweep goes on.
    case warning(String)
}
