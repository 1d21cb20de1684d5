import Reporting
import Sweep

extension Manifest {
    /// Names the run, also when it is resumed or moved: 16 hexadecimal digits.
    ///
    /// The fingerprint of when it began, to the nanosecond of two clocks, and of what it ran.
    var runID: String {
        let parts = [
            startedAt, "\(clockEpoch.unixNanoseconds)", "\(clockEpoch.monotonicNanoseconds)",
            engine.engine, engine.model, engine.precision, engine.device,
        ]
        return hexadecimal(Reporting.fingerprint(parts.map { "\($0)\n" }.joined()))
    }
}
