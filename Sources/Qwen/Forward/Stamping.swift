internal import Machine

/// Takes notice of what a worker does.
///
/// The forward pass is compiled once for each kind, so that the one that takes no notice costs
/// nothing.
protocol Stamping: SendableMetatype {
    func begin(_ work: Int, layer: Int)
    func end()
    func released()
}

/// Takes no notice.
struct NoStamps: Stamping {
    @inline(__always)
    func begin(_ work: Int, layer: Int) {}
    @inline(__always)
    func end() {}
    @inline(__always)
    func released() {}
}

extension SpanLane: Stamping {}

/// A worker, and what takes notice of it.
struct StampedWorker<Stamps: Stamping> {
    let worker: Worker
    let stamps: Stamps

    /// Does this worker's share of an operator, and waits until all have done theirs.
    @inline(__always)
    func together(_ work: ForwardOperator, layer: Int = -1, _ share: (Worker) -> Void) {
        alone(work, layer: layer, share)
        worker.barrier()
        stamps.released()
    }

    /// The same, waiting only where others read what this worker writes.
    @inline(__always)
    func perhapsTogether(
        _ waits: Bool, _ work: ForwardOperator, layer: Int, _ share: (Worker) -> Void
    ) {
        if waits {
            together(work, layer: layer, share)
        } else {
            alone(work, layer: layer, share)
        }
    }

    /// Does this worker's share of an operator.
    @inline(__always)
    func alone(_ work: ForwardOperator, layer: Int = -1, _ share: (Worker) -> Void) {
        stamps.begin(work.rawValue, layer: layer)
        share(worker)
        stamps.end()
    }
}
