/// Why a value of a ``Sample`` is missing, or why it should be doubted.
public enum Remark: Hashable, Sendable, CaseIterable, CustomStringConvertible {
    /// The output has one token, so there is no next one.
    case singleToken
    /// The trace holds the call only.
    case stepsNotStamped
    /// Every answer came whole.
    case notStreamed
    /// The normal method sees whole calls only.
    case estimated
    /// The call of n tokens was shorter than the call of 1 token: the estimate is noise.
    case negativeEstimate

    /// One line for the reason of a row.
    public var description: String {
        switch self {
        case .singleToken:
            "one output token: no next-token times"
        case .stepsNotStamped:
            "steps not stamped (TIMEIT=0): the whole call only"
        case .notStreamed:
            "answers came whole: no first-token and no next-token times"
        case .estimated:
            "normal method: no prefill, pre, post and gap times"
        case .negativeEstimate:
            "negative next-token estimate: the 1-token call took longer than the n-token call"
        }
    }
}
