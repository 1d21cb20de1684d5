/// How a point, and with it its row, came out.
package enum Status: String, Codable, Sendable, CaseIterable {
    /// Every repetition that ran was measured.
    case ok
    /// It went wrong; the reason says how.
    case failed
    /// It cannot run here; the reason says why.
    case skipped
}
