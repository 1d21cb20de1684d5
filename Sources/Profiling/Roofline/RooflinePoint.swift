public import Measurement

/// One operator of a phase, as a point under the roof.
///
/// Source of the model: Williams, Waterman and Patterson, Roofline, Communications of the ACM 52
/// (2009).
public struct RooflinePoint: Equatable, Sendable {
    /// What limits an operator that reaches the roof.
    public enum Limit: String, Sendable {
        /// The bytes a second that memory delivers.
        case memory
        /// The operations a second that the threads do.
        case compute
    }

    /// The operator's name.
    public let name: String
    /// The phase.
    public let phase: Phase
    /// Operations a byte.
    public let intensity: Double
    /// Multiplications and additions a second, from the first thread's start to the last one's end.
    public let operationsPerSecond: Double

    /// Takes the row of an operator table; nil where operations or bytes were not counted, or are
    /// none: such a point lies on no logarithmic axis.
    public init?(_ row: OperatorRow, _ phase: Phase) {
        guard let intensity = row.intensity, intensity > 0, intensity.isFinite,
            let rate = row.operationsPerSecond, rate > 0, rate.isFinite
        else { return nil }
        name = row.name
        self.phase = phase
        self.intensity = intensity
        operationsPerSecond = rate
    }

    /// The operations a second that the roof allows at this intensity: min(peak, intensity ·
    /// bandwidth).
    public func ceiling(_ roof: Roof) -> Double {
        min(roof.operationsPerSecond, intensity * roof.readBytesPerSecond)
    }

    /// The side of the ridge, where both are equal, on which the point lies.
    public func limit(_ roof: Roof) -> Limit {
        intensity * roof.readBytesPerSecond < roof.operationsPerSecond ? .memory : .compute
    }
}
