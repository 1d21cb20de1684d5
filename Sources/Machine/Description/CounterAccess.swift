import CLinuxShims
import Glibc

/// Whether this process can read some counters of the machine, and why not.
package struct CounterAccess: Codable, Equatable, Sendable {
    package let isReadable: Bool
    /// Why not; nil if they can be read.
    package let reason: String?

    package init(isReadable: Bool, reason: String? = nil) {
        self.isReadable = isReadable
        self.reason = reason
    }

    /// The CPU's counters, tried with its cycles; nil of a recorded machine.
    static func perfEvents(files: SystemFiles) -> CounterAccess? {
        guard files.isLive else { return nil }
        let code = cls_try_cycle_counter()
        switch code {
        case 0:
            return CounterAccess(isReadable: true)
        case ENOENT, ENODEV, EOPNOTSUPP:
            return CounterAccess(
                isReadable: false,
                reason: "the CPU shows no counters, as on most virtual machines")
        case EACCES, EPERM:
            let level = files.text("proc/sys/kernel/perf_event_paranoid") ?? "unknown"
            return CounterAccess(
                isReadable: false,
                reason: "not permitted: kernel.perf_event_paranoid is \(level)")
        default:
            return CounterAccess(isReadable: false, reason: "\(ErrorNumber(code))")
        }
    }

    /// The counters of energy in `/sys/class/powercap`.
    ///
    /// Linux lets only root read them since 2020 (CVE-2020-8694).
    static func energy(files: SystemFiles) -> CounterAccess {
        let directory = "sys/class/powercap"
        let counters = files.numbers(in: directory, prefix: "intel-rapl:").map {
            "\(directory)/intel-rapl:\($0)/energy_uj"
        }
        guard !counters.isEmpty else {
            return CounterAccess(isReadable: false, reason: "\(files.absolute(directory)) has none")
        }
        guard let refused = counters.first(where: { !files.isReadable($0) }) else {
            return CounterAccess(isReadable: true)
        }
        return CounterAccess(
            isReadable: false, reason: "no permission to read \(files.absolute(refused))")
    }
}
