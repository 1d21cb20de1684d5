public import Measurement

/// The operators of both phases under the roof that was measured beside them.
public struct Roofline: Equatable, Sendable {
    /// Bandwidth and peak.
    public let roof: Roof
    /// Operators of which operations and bytes are counted, phase by phase.
    public let points: [RooflinePoint]

    /// nil without a roof, or without a single point under it.
    public init?(_ tables: [OperatorTable], roof: Roof?) {
        guard let roof, roof.readBytesPerSecond > 0, roof.operationsPerSecond > 0 else {
            return nil
        }
        self.roof = roof
        points = tables.flatMap { table in
            table.rows.compactMap { RooflinePoint($0, table.phase) }
        }
        if points.isEmpty { return nil }
    }

    /// The operations a byte from which on the peak is the limit, and below which memory is.
    public var ridge: Double { roof.operationsPerSecond / roof.readBytesPerSecond }
}
