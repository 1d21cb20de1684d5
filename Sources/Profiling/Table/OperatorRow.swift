public import Measurement

/// What one operator took in one phase, or in one layer of it.
public struct OperatorRow: Equatable, Sendable {
    /// What one thread spent on it.
    public struct ThreadTime: Equatable, Sendable {
        /// Nanoseconds of work.
        public var busy: Double
        /// Nanoseconds at the barriers behind it.
        public var wait: Double
    }

    /// Its name.
    public let name: String
    /// The layer; nil for all together, and for what belongs to none.
    public let layer: Int?
    /// Who does it.
    public let workforce: Operator.Workforce
    /// How often it was called.
    public let calls: Int
    /// Nanoseconds of work: the mean over the threads; what the host does alone counts in full.
    public let total: Double
    /// Nanoseconds at the barriers behind it: the mean over the threads.
    public let wait: Double
    /// Of ``wait``, what remains when all threads have arrived: the barrier itself.
    public let passing: Double
    /// ``total`` as a share of the phase.
    public let share: Double
    /// Nanoseconds from the first thread's start to the last thread's end: the sum over the calls.
    public let elapsed: Double
    /// The same: the median of the calls.
    public let median: Double
    /// What the calls together must do at least; nil where nobody counted.
    public let cost: Cost?
    /// ``cost`` over ``elapsed`` against the roof; nil without either.
    public let utilization: Utilization?
    /// Thread by thread.
    public let threads: [ThreadTime]

    /// Bytes a second over ``elapsed``.
    public var bytesPerSecond: Double? { rate(\.bytes) }
    /// Multiplications and additions a second over ``elapsed``.
    public var operationsPerSecond: Double? { rate(\.operations) }

    /// Operations a byte; nil where no bytes are counted.
    public var intensity: Double? {
        cost.flatMap { $0.bytes > 0 ? $0.operations / $0.bytes : nil }
    }

    /// How near the roof: operations a second / min(peak, intensity · bandwidth), which is the larger
    /// one of MBU and MFU.
    ///
    /// Above 1 where caches deliver what memory could not. Source of the model: Williams, Waterman
    /// and Patterson, Roofline, Communications of the ACM 52 (2009).
    public var roofShare: Double? { utilization.map { max($0.mbu, $0.mfu) } }

    /// Work of the busiest thread / mean work of a thread; nil where the host works alone.
    public var imbalance: Double? {
        guard workforce == .threads, total > 0 else { return nil }
        return (threads.map(\.busy).max() ?? 0) / total
    }

    /// The thread that works longest; nil where the host works alone.
    public var busiestThread: Int? {
        workforce == .threads ? threads.indices.max { threads[$0].busy < threads[$1].busy } : nil
    }

    private func rate(_ count: KeyPath<Cost, Double>) -> Double? {
        cost.flatMap { elapsed > 0 ? $0[keyPath: count] / elapsed * 1e9 : nil }
    }
}
