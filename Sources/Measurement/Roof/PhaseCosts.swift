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
