package import Measurement
package import Sweep

/// An engine of requests that says what it is told to have seen: no steps, no ids, nothing else.
package final class RequestEngine: Engine {
    package let identity = EngineIdentity(
        engine: "requests", model: "tiny", precision: "unknown", device: "server")
    package let fingerprint = Fingerprint([("address", "somewhere")])

    /// What successive calls give; the last one again when they are used up.
    private var observations: [Observation]

    package init(_ observations: [Observation]) {
        self.observations = observations
    }

    package func prepare(_ point: Point, positions: Int) {}

    package func run(_ workload: Workload) -> Observation {
        observations.count > 1 ? observations.removeFirst() : observations[0]
    }
}
