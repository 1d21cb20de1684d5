/// A box of a flame graph: something that took time, and what it was made of.
public struct Frame: Equatable, Sendable {
    /// What it is: `prefill`, `mlp_down`, `bf16, avx512`.
    public var name: String
    /// Nanoseconds of all threads together, those of `children` included.
    public var nanoseconds: UInt64
    /// What it was made of; what is left of its time it spent itself.
    public var children: [Frame]

    /// Takes the facts.
    public init(name: String, nanoseconds: UInt64, children: [Frame] = []) {
        self.name = name
        self.nanoseconds = nanoseconds
        self.children = children
    }

    /// Nanoseconds that belong to none of its children.
    public var ownNanoseconds: UInt64 {
        let inside = children.reduce(0) { $0 + $1.nanoseconds }
        return nanoseconds > inside ? nanoseconds - inside : 0
    }

    /// How many boxes stand on each other, itself included.
    var height: Int { 1 + (children.map(\.height).max() ?? 0) }
}
