import Measurement

/// The points of a grid in the order they run.
package struct Plan: Equatable, Sendable {
    package let grid: Grid
    /// At least one, each once.
    package let points: [Point]
    /// What the user should know about how the grid was read.
    package let notes: [String]

    init(grid: Grid, points: [Point], notes: [String]) {
        self.grid = grid
        self.points = points
        self.notes = notes
    }

    /// The sizes of the warm-up: the largest of each axis, as the documents warm up.
    ///
    /// It need not be a point of the grid.
    package var warmupPoint: Point {
        Point(
            batch: points.map(\.batch).max() ?? 1,
            inputLength: points.map(\.inputLength).max() ?? 1,
            outputLength: points.map(\.outputLength).max() ?? 1)
    }

    /// The seed of the prompt of one repetition, counted from 0.
    ///
    /// It depends on the point and not on its place in the plan, so that another grid with the same
    /// point runs the same prompt.
    package func seed(of point: Point, repetition: Int) -> UInt64 {
        var mixer = SplitMix64(seed: grid.seed)
        for value in [point.batch, point.inputLength, point.outputLength, repetition] {
            mixer = SplitMix64(seed: mixer.next() ^ UInt64(truncatingIfNeeded: value))
        }
        return mixer.next()
    }
}
