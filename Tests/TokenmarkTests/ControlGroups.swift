import Foundation
import Glibc

/// Two control groups of version 1, with three quarters of a CPU and with CPU 0, as long as this
/// lives.
final class ControlGroups {
    let cpu = "/sys/fs/cgroup/cpu/tokenmark-\(UUID().uuidString)"
    let cpuset = "/sys/fs/cgroup/cpuset/tokenmark-\(UUID().uuidString)"

    /// - Throws: what the system says where they cannot be made.
    init() throws {
        for path in [cpu, cpuset] {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: false)
        }
        try write("100000", "\(cpu)/cpu.cfs_period_us")
        try write("75000", "\(cpu)/cpu.cfs_quota_us")
        try write("0", "\(cpuset)/cpuset.mems")
        try write("0", "\(cpuset)/cpuset.cpus")
    }

    deinit {
        rmdir(cpu)
        rmdir(cpuset)
    }

    private func write(_ text: String, _ path: String) throws {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    }
}
