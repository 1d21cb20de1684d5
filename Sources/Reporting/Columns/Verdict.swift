/// Whether the numbers of a row may be used.
package enum Verdict: String, Codable, Sendable {
    case valid
    /// Something says that they cannot be right; the reason says what.
    case invalid
}
