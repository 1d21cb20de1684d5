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

/// A cell of a sweep as its progress shows it.
package struct CellProgress: Equatable, Sendable {
    package let point: Point
    /// Its place in the plan, counted from 1.
    package let cell: Int
    package let cellCount: Int
    /// What was thought before it ran; nil if nothing ran before.
    package let predicted: CallTimes?
    /// What its repetitions said so far; nil before the first.
    package let measured: CallTimes?

    package init(
        point: Point, cell: Int, cellCount: Int, predicted: CallTimes? = nil,
        measured: CallTimes? = nil
    ) {
        self.point = point
        self.cell = cell
        self.cellCount = cellCount
        self.predicted = predicted
        self.measured = measured
    }
}

/// How far a sweep is.
package struct SweepTime: Equatable, Sendable {
    package let elapsedSeconds: Double
    /// The estimate for all that follows; nil before anything ran.
    package let remainingSeconds: Double?

    package init(elapsedSeconds: Double, remainingSeconds: Double?) {
        self.elapsedSeconds = elapsedSeconds
        self.remainingSeconds = remainingSeconds
    }

    /// How much of the whole time is over, 0 to 1; nil before anything ran.
    package var share: Double? {
        guard let remainingSeconds else { return nil }
        let whole = elapsedSeconds + remainingSeconds
        return whole > 0 ? elapsedSeconds / whole : nil
    }
}
