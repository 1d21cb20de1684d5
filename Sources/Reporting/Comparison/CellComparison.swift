package import Basics
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
        case cannotTell(Wording)

        /// The words that stand for it, without the reason.
        func words(in language: Language) -> String {
            switch self {
            case .faster: language(en: "faster", zh: "更快")
            case .slower: language(en: "slower", zh: "更慢")
            case .noDifference: language(en: "no difference", zh: "无差别")
            case .cannotTell: language(en: "cannot tell", zh: "无法判断")
            }
        }
    }

    package let id: String
    package let a: Statistics
    package let b: Statistics
    /// The speed of B as a multiple of A's; nil if a value is not above 0.
    package let speed: RatioInterval?
    /// `A was disturbed`, or how the machine moved; nil if neither.
    package var disturbance: Wording?
    /// Of the U test; nil if no outcome of it could have been significant.
    package internal(set) var pValue: Double?
    /// The same, corrected for all tests of the comparison.
    package internal(set) var adjustedPValue: Double?
    package internal(set) var outcome = Outcome.cannotTell(
        Wording(en: "not decided", zh: "尚未判定"))
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
    package var whyOpen: Wording? {
        if case .cannotTell(let reason) = outcome { reason } else { nil }
    }

    /// Whether the outcome is ``Outcome/cannotTell(_:)``.
    package var isOpen: Bool { if case .cannotTell = outcome { true } else { false } }

    /// The numbers of repetitions: one if both sides have as many.
    var repetitionsText: Wording {
        a.count == b.count
            ? Wording(
                en: "\(a.count) repetition\(a.count == 1 ? "" : "s")", zh: "\(a.count) 次重复")
            : Wording(
                en: "\(a.count) and \(b.count) repetitions",
                zh: "\(a.count) 次和 \(b.count) 次重复")
    }
}
