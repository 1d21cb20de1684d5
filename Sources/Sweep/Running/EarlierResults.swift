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

    package init() {}

    /// The repetitions of a point among the first `most`, by their index.
    func repetitions(of point: Point, most: Int) -> [Repetition] {
        (repetitions[point] ?? []).filter { $0.index < most }.sorted { $0.index < $1.index }
    }

    /// The indices of the repetitions that have still to be run.
    func missing(of point: Point, repetitions count: Int) -> [Int] {
        guard outcomes[point] == nil else { return [] }
        let there = Set((repetitions[point] ?? []).map(\.index))
        return (0..<count).filter { !there.contains($0) }
    }
}
