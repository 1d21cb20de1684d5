import Measurement

/// A point on its way: what it has, and what it still needs.
struct PointRun {
    let point: Point
    /// Its place in the plan, counted from 1.
    let cell: Int
    private(set) var repetitions: [Repetition]
    /// How it ended before all was measured; nil if it did not.
    private(set) var failure: EarlierResults.Outcome?
    /// Whether it was warmed up.
    var isWarm = false
    /// What was thought of it before it ran.
    var predicted: CallTimes?
    /// Whether nothing more is to be run.
    private(set) var isDone = false
    /// How many repetitions are still expected; nil if nothing is known of that.
    private(set) var repetitionsLeft: Int?

    private let grid: Grid
    private var samples: [Sample]

    init(_ point: Point, cell: Int, in grid: Grid, after earlier: EarlierResults) {
        self.point = point
        self.cell = cell
        self.grid = grid
        let most = grid.convergence == nil ? grid.repetitions : Int.max
        repetitions = earlier.repetitions(of: point, most: most)
        samples = repetitions.map(\.sample)
        failure = earlier.outcomes[point]
        look()
    }

    /// Whether it is known as well as was asked; nothing was asked of a fixed number of repetitions.
    var isKnown: Bool { grid.convergence?.isReached(by: samples) ?? true }

    /// The index of the next repetition: the first that is not there.
    var nextIndex: Int {
        let there = Set(repetitions.map(\.index))
        return (0...there.count).first { !there.contains($0) } ?? there.count
    }

    /// What its repetitions said so far; nil before the first.
    var measured: CallTimes? { CallTimes(samples) }

    /// The row; nil if there is nothing to say.
    var result: PointResult? {
        if failure == nil, repetitions.isEmpty { return nil }
        return PointResult(
            point: point, status: failure?.status ?? .ok, reason: failure?.reason,
            repetitions: repetitions)
    }

    mutating func add(_ repetition: Repetition) {
        repetitions.append(repetition)
        samples.append(repetition.sample)
        look()
    }

    mutating func fail(_ error: any Error) {
        failure = EarlierResults.Outcome(status: Status(of: error), reason: oneLine(error))
        look()
    }

    /// Looks at what is there, once after each change: a look at a convergence sorts all samples.
    private mutating func look() {
        let fewest = grid.repetitions - repetitions.count
        isDone =
            failure != nil || (fewest <= 0 && grid.convergence?.isOver(after: samples) ?? true)
        if isDone {
            repetitionsLeft = 0
        } else if let convergence = grid.convergence {
            repetitionsLeft = convergence.repetitionsLeft(after: samples).map { max($0, fewest) }
        } else {
            repetitionsLeft = fewest
        }
    }
}

/// An error as a reason: a row has room for one line.
func oneLine(_ error: any Error) -> String {
    String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " ")
}
