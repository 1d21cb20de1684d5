package import Measurement

/// One cell by one metric: the repetitions of one side against those of the other.
package struct CellComparison: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable {
        /// B is faster: significant, and beyond the noise floor.
        case faster
        /// B is slower: significant, and beyond the noise floor.
        case slower
        case noDifference
        /// No outcome of the test could have been significant; says why.
        case cannotTell(String)
    }

    package let id: String
    package let a: Statistics
    package let b: Statistics
    /// The speed of B as a multiple of A's; nil if a value is not above 0.
    package let speed: RatioInterval?
    /// `A was disturbed`, or how the machine moved; nil if neither.
    package var disturbance: String?
    /// Of the U test; nil if it could not tell.
    package internal(set) var pValue: Double?
    /// The same, corrected for all cells of the metric.
    package internal(set) var adjustedPValue: Double?
    package internal(set) var outcome = Outcome.noDifference

    /// The numbers of repetitions: one if both sides have as many.
    var repetitionsText: String {
        a.count == b.count
            ? "\(a.count) repetition\(a.count == 1 ? "" : "s")"
            : "\(a.count) and \(b.count) repetitions"
    }
}
