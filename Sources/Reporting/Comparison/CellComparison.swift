package import Measurement

/// One cell by one metric: the repetitions of one side against those of the other.
package struct CellComparison: Equatable, Sendable {
    package enum Outcome: Equatable, Sendable {
        /// B is faster: significant, and beyond the noise floor.
        case faster
        /// B is slower: significant, and beyond the noise floor.
        case slower
        /// The interval of the speed lies within the noise floor.
        case noDifference
        /// None of those; says why.
        case cannotTell(String)

        /// The words that stand for it, without the reason.
        var words: String {
            switch self {
            case .faster: "faster"
            case .slower: "slower"
            case .noDifference: "no difference"
            case .cannotTell: "cannot tell"
            }
        }
    }

    package let id: String
    package let a: Statistics
    package let b: Statistics
    /// The speed of B as a multiple of A's; nil if a value is not above 0.
    package let speed: RatioInterval?
    /// `A was disturbed`, or how the machine moved; nil if neither.
    package var disturbance: String?
    /// Of the U test; nil if no outcome of it could have been significant.
    package internal(set) var pValue: Double?
    /// The same, corrected for all tests of the comparison.
    package internal(set) var adjustedPValue: Double?
    package internal(set) var outcome = Outcome.cannotTell("not decided")
    /// How many more repetitions a side may need before something can be told; nil where that is told,
    /// or not foreseen.
    package internal(set) var repetitionsLeft: Int?

    /// The outcome in one word, as JSON and CSV have it.
    var outcomeName: String {
        switch outcome {
        case .faster: "faster"
        case .slower: "slower"
        case .noDifference: "no_difference"
        case .cannotTell: "cannot_tell"
        }
    }

    /// Why nothing can be told; nil where something can.
    var whyOpen: String? { if case .cannotTell(let reason) = outcome { reason } else { nil } }

    /// Whether the outcome is ``Outcome/cannotTell(_:)``.
    package var isOpen: Bool { if case .cannotTell = outcome { true } else { false } }

    /// The numbers of repetitions: one if both sides have as many.
    var repetitionsText: String {
        a.count == b.count
            ? "\(a.count) repetition\(a.count == 1 ? "" : "s")"
            : "\(a.count) and \(b.count) repetitions"
    }
}
