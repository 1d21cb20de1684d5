internal import Kernels
internal import Machine

/// A machine in words, one fact a line; what cannot be read is said to be unknown.
struct MachineText {
    let lines: [String]

    init(_ machine: MachineDescription) {
        func text(_ value: (some CustomStringConvertible)?) -> String {
            value.map { "\($0)" } ?? "unknown"
        }
        func state(_ value: Bool?) -> String {
            value.map { $0 ? "on" : "off" } ?? "unknown"
        }
        func gibibytes(_ bytes: Int?) -> String {
            bytes.map { "\(($0 * 10) >> 30)" }.map {
                "\($0.dropLast().isEmpty ? "0" : $0.dropLast()).\($0.suffix(1)) GiB"
            }
                ?? "unknown"
        }
        let caches = (machine.caches ?? []).map {
            "L\($0.level) \($0.kind) \($0.byteCount >> 10) KiB × \($0.instances)"
        }
        let limits = machine.limits
        lines = [
            "CPU: \(text(machine.cpuModel)) (\(machine.architecture)), "
                + "microcode \(text(machine.microcode))",
            "cores: \(text(machine.cores)) in \(text(machine.sockets)) sockets, "
                + "\(text(machine.threads)) threads, SMT \(state(machine.smtActive))",
            "caches: \(caches.isEmpty ? "unknown" : caches.joined(separator: ", "))",
            "NUMA nodes: \(text(machine.nodes?.count)), automatic balancing "
                + state(machine.numaBalancing),
            "memory: \(gibibytes(machine.memoryAvailableBytes)) of "
                + "\(gibibytes(machine.memoryTotalBytes)) available, swap in use "
                + gibibytes(machine.swapUsedBytes),
            "allowed CPUs: \(text(limits?.allowedCPUs)), CPU quota "
                + "\(limits?.cpuQuota.map { "\($0)" } ?? "none"), memory limit "
                + "\(limits?.memoryLimitBytes.map { gibibytes($0) } ?? "none")",
            "governor: \(text(machine.governor)), turbo \(state(machine.turbo))",
            "transparent huge pages: \(text(machine.transparentHugePages))",
            "clock: \(text(machine.clockSource))",
            "kernel: \(text(machine.kernelRelease)), hypervisor \(text(machine.hypervisor))",
            "load: " + (machine.loadAverages?.map { "\($0)" }.joined(separator: " ") ?? "unknown"),
            "instruction sets: \(InstructionSetChoice.usableNames.joined(separator: ", "))",
        ]
    }
}
