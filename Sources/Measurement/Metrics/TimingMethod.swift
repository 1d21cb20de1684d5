/// The documents' two ways to find the times of the first and of the next tokens (`perf_mode`).
public enum TimingMethod: String, CaseIterable, Codable, Sendable {
    /// 精确打点法: timing points at every step of one call.
    case detail
    /// 常规估计法: one call of 1 token and one of n tokens, and an estimate from their difference.
    case normal
}
