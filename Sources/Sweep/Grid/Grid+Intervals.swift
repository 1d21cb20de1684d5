internal import Measurement

extension Grid {
    /// The nominal confidence of an interval that holds the median of a point in 95 % of such sweeps.
    package var intervalConfidence: Double { convergence == nil ? 0.95 : Convergence.confidence }

    /// The fewest repetitions that have such an interval.
    package var fewestForInterval: Int {
        convergence == nil ? Statistics.fewestForInterval : Convergence.fewestRepetitions
    }
}
