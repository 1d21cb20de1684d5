/// Whether the numbers of a row may be used.
package enum Verdict: String, Codable, Sendable {
    /// Known well, and nothing disturbed the runs.
    case stable
    /// True of these runs, but another sweep may say something else; the reason says why.
    case unstable
    /// Something says that they cannot be right; the reason says what.
    case invalid
}
