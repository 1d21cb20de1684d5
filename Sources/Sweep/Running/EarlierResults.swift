/// What an earlier run of the same plan left behind.
package struct EarlierResults: Equatable, Sendable {
    /// How a point came out that did not come out ok.
    package struct Outcome: Equatable, Sendable {
        package let status: Status
        package let reason: String?

        package init(status: Status, reason: String?) {
            self.status = status
            self.reason = reason
        }
    }

    package var repetitions: [Point: [Repetition]] = [:]
    package var outcomes: [Point: Outcome] = [:]
    /// How often the control cell was measured.
    package var controlGroups = 0

    package init() {}

    /// The repetitions of a point among the first `most`, by their index.
    func repetitions(of point: Point, most: Int) -> [Repetition] {
        (repetitions[point] ?? []).filter { $0.index < most }.sorted { $0.index < $1.index }
    }
}
