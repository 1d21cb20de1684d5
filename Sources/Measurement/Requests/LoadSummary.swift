/// What the loads of all repetitions say together: of each figure the median over the repetitions,
/// which are what is independent.
public struct LoadSummary: Equatable, Sendable {
    /// One a repetition; at least one.
    public let loads: [LoadSample]
    /// Every request of every repetition.
    public let requests: [RequestSample]

    /// Takes the samples of one point; nil for batches in lock step, whose sequences all have the
    /// times of their call, and where there are none.
    ///
    /// - Parameter isMixed: Whether requests are meant to differ, also where they happen not to.
    public init?(_ samples: [Sample], isMixed: Bool) {
        guard !samples.isEmpty, isMixed || samples.contains(where: { !$0.isLockStep }) else {
            return nil
        }
        loads = samples.map(\.load)
        requests = loads.flatMap(\.requests)
    }

    /// The median over the repetitions that have the figure; nil if none has.
    public func median(_ figure: (LoadSample) -> Double?) -> Double? {
        Statistics(loads.compactMap(figure))?.median
    }

    /// A percentile over the requests of a repetition, where there are enough of them to support it;
    /// then the median over the repetitions.
    public func percentile(
        _ percent: Double, of metric: KeyPath<RequestSample, Double?>
    ) -> Double? {
        median {
            let statistics = $0.statistics(metric)
            return percent == 50 ? statistics?.median : statistics?.supportedPercentile(percent)
        }
    }

    /// Requests without a whole answer.
    public var broken: [RequestSample] { requests.filter { !$0.outcome.isWhole } }
}
