/// How far a sweep is.
package struct SweepTime: Equatable, Sendable {
    package let elapsedSeconds: Double
    /// The estimate for all that follows; nil before anything ran.
    package let remainingSeconds: Double?

    package init(elapsedSeconds: Double, remainingSeconds: Double?) {
        self.elapsedSeconds = elapsedSeconds
        self.remainingSeconds = remainingSeconds
    }

    /// How much of the whole time is over, 0 to 1; nil before anything ran.
    package var share: Double? {
        guard let remainingSeconds else { return nil }
        let whole = elapsedSeconds + remainingSeconds
        return whole > 0 ? elapsedSeconds / whole : nil
    }
}
