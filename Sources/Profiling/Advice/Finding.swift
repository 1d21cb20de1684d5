package import Basics

/// One thing that a profile shows and that could be better.
public struct Finding: Equatable, Sendable, Codable {
    /// What kind of thing.
    public enum Kind: String, Equatable, Sendable, Codable {
        /// The recording does not account for enough of the time.
        case incomplete
        /// One thread is later than the others.
        case imbalance
        /// Threads pass so many barriers that these cost time by themselves.
        case barriers
        /// One thread works while the others wait.
        case serial
        /// An operator is far from what the machine can do.
        case farFromRoof = "far_from_roof"
        /// An operator reads wide weights as fast as memory delivers them.
        case wideWeights = "wide_weights"
    }

    /// The phase that it is about.
    public let phase: Phase
    /// What kind of thing.
    public let kind: Kind
    /// The operator that it is about; nil where it is none in particular.
    public let operatorName: String?
    /// The thread that it is about; nil where it is none in particular.
    public let thread: Int?
    /// The share of the phase that it costs.
    public let cost: Double
    /// One sentence.
    package let text: Wording
}
