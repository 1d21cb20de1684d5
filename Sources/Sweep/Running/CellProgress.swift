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
