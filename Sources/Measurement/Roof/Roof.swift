/// What the machine can do at most, as measured beside a repetition on the same threads and pages.
public struct Roof: Codable, Equatable, Sendable {
    /// Bytes a second that all threads together read.
    public var readBytesPerSecond: Double
    /// Multiplications and additions a second of all threads together, on registers alone.
    public var operationsPerSecond: Double

    /// Takes the two rates.
    public init(readBytesPerSecond: Double, operationsPerSecond: Double) {
        self.readBytesPerSecond = readBytesPerSecond
        self.operationsPerSecond = operationsPerSecond
    }

    /// The roof of a time between two measurements of it: the means of their rates.
    public init(before: Roof, after: Roof) {
        readBytesPerSecond = (before.readBytesPerSecond + after.readBytesPerSecond) / 2
        operationsPerSecond = (before.operationsPerSecond + after.operationsPerSecond) / 2
    }

    private enum CodingKeys: String, CodingKey {
        case readBytesPerSecond = "read_bytes_per_s"
        case operationsPerSecond = "operations_per_s"
    }
}

extension Roof {
    /// The medians of several; nil if there are none.
    public init?(medianOf roofs: [Roof]) {
        guard let read = Statistics(roofs.map(\.readBytesPerSecond)),
            let compute = Statistics(roofs.map(\.operationsPerSecond))
        else { return nil }
        self.init(readBytesPerSecond: read.median, operationsPerSecond: compute.median)
    }
}
