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
