/// A clock that moves only when told to.
package final class ManualClock {
    /// Nanoseconds.
    package private(set) var now: UInt64

    package init(now: UInt64 = 1_000_000) {
        self.now = now
    }

    /// Moves on and returns the new time.
    @discardableResult
    package func advance(by nanoseconds: UInt64) -> UInt64 {
        now += nanoseconds
        return now
    }
}
