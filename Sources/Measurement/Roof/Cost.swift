/// What a piece of work must do at least, counted from shapes: the numerator of every share of a
/// roof.
public struct Cost: Codable, Equatable, Sendable {
    /// Bytes that must come from memory, each counted once.
    public var bytes: Double
    /// Multiplications and additions.
    public var operations: Double

    /// Takes the counts.
    public init(bytes: Double, operations: Double) {
        self.bytes = bytes
        self.operations = operations
    }
}

/// The cost of one call, phase by phase.
public struct PhaseCosts: Codable, Equatable, Sendable {
    /// The forward pass of the prompts.
    public var prefill: Cost
    /// All steps after the first together; nil if there are none.
    public var decode: Cost?

    /// Takes the costs.
    public init(prefill: Cost, decode: Cost?) {
        self.prefill = prefill
        self.decode = decode
    }
}
