/// How near the roof a phase came.
public struct Utilization: Equatable, Sendable {
    /// Above this share of a roof, time, cost or roof must be wrong: nothing runs faster than it can.
    ///
    /// The 2 % are what the roof itself moves while it is measured.
    public static let limit = 1.02

    /// Model bandwidth utilization: bytes / seconds / bytes a second that the machine reads.
    public let mbu: Double
    /// Model FLOPs utilization: operations / seconds / operations a second that the machine does.
    public let mfu: Double

    /// Holds a cost that took `seconds` against a roof; nil unless both shares are finite.
    ///
    /// Source of the terms: MFU, Chowdhery et al., PaLM (2022), appendix B; MBU, Databricks, LLM
    /// Inference Performance Engineering (2023).
    public init?(_ cost: Cost, seconds: Double, roof: Roof) {
        mbu = cost.bytes / seconds / roof.readBytesPerSecond
        mfu = cost.operations / seconds / roof.operationsPerSecond
        guard mbu.isFinite, mfu.isFinite else { return nil }
    }
}

extension Utilization {
    /// The medians of several; nil if there are none.
    public init?(medianOf shares: [Utilization]) {
        guard let mbu = Statistics(shares.map(\.mbu)), let mfu = Statistics(shares.map(\.mfu))
        else { return nil }
        self.mbu = mbu.median
        self.mfu = mfu.median
    }
}
