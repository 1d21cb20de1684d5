internal import Machine

/// Adds up what the ranks of one model have computed of the residual stream.
///
/// The forward pass is compiled once for each kind, so that a model in one process pays nothing.
protocol Reducing {
    /// Whether the sums of this process are all there are: then products add to the stream themselves.
    static var isAlone: Bool { get }

    /// (rows, stride) f32: where a worker leaves the sums of this rank for the next `add`.
    func sums(_ worker: Worker) -> UnsafeMutablePointer<Float>

    /// Adds the sums of all ranks to a worker's columns of the stream.
    ///
    /// Every worker of every rank calls it as often and in the same order, with the same columns;
    /// afterwards the stream is the same in all ranks, bit by bit.
    func add(to stream: StreamColumns, _ worker: Worker)
}

/// What one worker of one rank has of the residual stream: whole panels.
struct StreamColumns {
    /// (rows, stride) f32.
    let stream: UnsafeMutablePointer<Float>
    let stride: Int
    let rows: Int
    let columns: Range<Int>
}

/// A model in one process.
struct Alone: Reducing {
    static var isAlone: Bool { true }

    @inline(__always)
    func sums(_ worker: Worker) -> UnsafeMutablePointer<Float> {
        preconditionFailure("a model in one process adds its sums itself")
    }

    @inline(__always)
    func add(to stream: StreamColumns, _ worker: Worker) {}
}
