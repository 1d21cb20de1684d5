public import Measurement

/// One kind of work that an engine does over and over, and what it must do at least.
public struct Operator: Equatable, Sendable, Codable {
    /// The matrix that an operator multiplies by.
    public struct Weights: Equatable, Sendable, Codable {
        /// Numbers in the matrices of all layers together.
        public var parameters: Double
        /// What they are packed as, such as `bf16`.
        public var element: String

        /// Takes the facts.
        public init(parameters: Double, element: String) {
            self.parameters = parameters
            self.element = element
        }
    }

    /// Who does it.
    public enum Workforce: String, Equatable, Sendable, Codable {
        /// All threads together, each its share.
        case threads
        /// The thread that drives the engine, alone, while the others wait.
        case host
    }

    /// A short name in snake_case, such as `lm_head`.
    public var name: String
    /// Who does it.
    public var workforce: Workforce
    /// Bytes read and written, each once, and multiplications plus additions, of all calls of a
    /// phase together; nil where nobody counted.
    ///
    /// Unlike the costs that MBU and MFU are made of, these count activations too. What an operator
    /// finds in a cache comes faster than memory delivers, so its share of the roof may exceed 1.
    public var costs: PhaseCosts?
    /// What it multiplies by; nil where there are no weights.
    public var weights: Weights?

    /// Describes an operator.
    public init(
        name: String, workforce: Workforce = .threads, costs: PhaseCosts? = nil,
        weights: Weights? = nil
    ) {
        self.name = name
        self.workforce = workforce
        self.costs = costs
        self.weights = weights
    }

    /// What all calls of a phase cost together; nil where nobody counted.
    public func cost(_ phase: Phase) -> Cost? {
        switch phase {
        case .prefill: costs?.prefill
        case .decode: costs?.decode
        }
    }
}
