/// The two phases of a call, which are never added up: they are limited by different roofs.
public enum Phase: String, CaseIterable, Codable, Sendable {
    /// The first step: the prompts, and the first token of each.
    case prefill
    /// All steps after it.
    case decode

    /// The phase that a step belongs to, counted from 0.
    public init(step: Int) {
        self = step == 0 ? .prefill : .decode
    }
}
