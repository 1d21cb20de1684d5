import Reporting
import Sweep

extension Manifest {
    /// Names the run, also when it is resumed or moved: 16 hexadecimal digits.
    ///
    /// FNV-1a, 64 bits (Fowler, Noll and Vo), over when it began, to the nanosecond of two clocks, and
    /// what it ran.
    var runID: String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        let parts = [
            startedAt, "\(clockEpoch.unixNanoseconds)", "\(clockEpoch.monotonicNanoseconds)",
            engine.engine, engine.model, engine.precision, engine.device,
        ]
        for byte in parts.map({ "\($0)\n" }).joined().utf8 {
            hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3
        }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
