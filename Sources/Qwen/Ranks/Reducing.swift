internal import Machine

/// Adds up what the ranks of one model have computed of the residual stream.
///
/// The forward pass is compiled once for each kind, so that a model in one process pays nothing.
protocol Reducing {
    /// Whether the sums of this process are all there are: then products add to the stream themselves.
    static var isAlone: Bool { get }

    /// Adds the sums of all ranks to a worker's columns of the stream.
    ///
    /// Every worker of every rank calls it as often and in the same order, with the same columns;
    /// afterwards the stream is the same in all ranks, bit by bit.
    func add(_ sums: PartialSums, _ worker: Worker)
}

/// A model in one process.
struct Alone: Reducing {
    static var isAlone: Bool { true }

    @inline(__always)
    func add(_ sums: PartialSums, _ worker: Worker) {}
}

/// One of several ranks; how they meet is theirs to say.
struct Ranks: Reducing {
    static var isAlone: Bool { false }

    let reduce: @Sendable (PartialSums, Worker) -> Void

    func add(_ sums: PartialSums, _ worker: Worker) { reduce(sums, worker) }
}

/// What one worker of one rank adds to the residual stream.
package struct PartialSums {
    /// (rows, stride) f32 of this rank.
    package let sums: UnsafeMutablePointer<Float>
    /// (rows, stride) f32: to which the sums of all ranks are added.
    package let stream: UnsafeMutablePointer<Float>
    package let stride: Int
    package let rows: Int
    package let columns: Range<Int>
}
