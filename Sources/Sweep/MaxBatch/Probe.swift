package import Measurement

/// One attempt at a batch size, and what came of it.
package struct Probe: Equatable, Sendable {
    package let point: Point
    /// `ok` if it ran; whether it kept the limits on time is another matter.
    package let status: Status
    /// Why it did not run, or which limit it broke; nil if it passed.
    package let reason: String?
    /// Computed from the shapes; nil if the engine cannot tell.
    package let predictedBytes: Int?
    /// The most the process held; nil if that could not be seen.
    package let peakBytes: Int?
    /// What was seen of its call; nil if it did not run.
    package let observation: Observation?
    /// What else happened during its run, one for each process; empty if that cannot be told.
    package let conditions: [RunConditions]

    package init(
        point: Point, status: Status, reason: String?, predictedBytes: Int?, peakBytes: Int?,
        observation: Observation?, conditions: [RunConditions] = []
    ) {
        self.point = point
        self.status = status
        self.reason = reason
        self.predictedBytes = predictedBytes
        self.peakBytes = peakBytes
        self.observation = observation
        self.conditions = conditions
    }

    /// What was measured; nil if it did not run.
    package var sample: Sample? { observation.map { Sample(shape: point.shape, $0) } }

    /// Whether the batch ran within every limit.
    package var passed: Bool { reason == nil }
}
