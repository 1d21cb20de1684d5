/// The energy that the machine used during a call.
package struct Energy: Codable, Equatable, Sendable {
    /// Nil where it is not known, never 0 then.
    package var joules: Double?
    /// Why it is not known; nil where it is.
    package var reason: String?

    package init(joules: Double?, reason: String? = nil) {
        self.joules = joules
        self.reason = reason
    }
}

/// What tells the energy of calls, whatever runs them.
package protocol EnergyMetering: AnyObject {
    /// A call is about to begin.
    func callBegins()

    /// What was used in a call that has just ended, between two times of `Clock`.
    func energy(from start: UInt64, to end: UInt64) -> Energy
}
