/// What came of a point: a row of every table.
package struct PointResult: Equatable, Sendable {
    package let point: Point
    package let status: Status
    /// One line; nil if the status says it all.
    package let reason: String?
    /// What was measured, also of a point that failed later, by index.
    package let repetitions: [Repetition]

    package init(point: Point, status: Status, reason: String?, repetitions: [Repetition]) {
        self.point = point
        self.status = status
        self.reason = reason
        self.repetitions = repetitions.sorted { $0.index < $1.index }
    }
}
