internal import Kernels
internal import Machine
internal import Suite

/// A machine in words, one fact a line; what cannot be read is said to be unknown.
struct MachineText {
    let lines: [String]

    /// - Parameter instructionSets: each with the reason why it cannot be used, nil if it can.
    init(
        _ machine: MachineDescription,
        instructionSets: [(name: String, refusal: String?)] = InstructionSetChoice.refusals
    ) {
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
        lines =
            [
                "CPU: \(text(machine.cpuModel)) (\(machine.architecture)), "
                    + "microcode \(text(machine.microcode))",
                "cores: \(text(machine.cores)) in \(text(machine.sockets)) sockets, "
                    + "\(text(machine.threads)) threads, SMT \(state(machine.smtActive))",
                "caches: \(caches.isEmpty ? "unknown" : caches.joined(separator: ", "))",
                "NUMA nodes: \(text(machine.nodes?.count)), automatic balancing "
                    + state(machine.numaBalancing) + Self.distances(machine.nodes ?? []),
                "memory: \(gibibytes(machine.memoryAvailableBytes)) of "
                    + "\(gibibytes(machine.memoryTotalBytes)) available, swap in use "
                    + gibibytes(machine.swapUsedBytes),
                "memory modules: " + Self.modules(machine),
                "allowed CPUs: \(text(limits?.allowedCPUs)) on \(text(machine.allowedCores)) cores, "
                    + "cpuset \(limits?.cpusetCPUs?.description ?? "none"), CPU quota "
                    + "\(limits?.cpuQuota.map { "\($0)" } ?? "none"), memory limit "
                    + "\(limits?.memoryLimitBytes.map { gibibytes($0) } ?? "none")",
                "governor: \(text(machine.governor)), turbo \(state(machine.turbo))",
                "transparent huge pages: \(text(machine.transparentHugePages)), set aside: "
                    + "\(text(machine.hugePagesFree)) of \(text(machine.hugePagesTotal)) free",
                "clock: \(text(machine.clockSource))",
                "kernel: \(text(machine.kernelRelease)), hypervisor \(text(machine.hypervisor))",
                "load: "
                    + (machine.loadAverages?.map { "\($0)" }.joined(separator: " ") ?? "unknown")
                    + ", stolen since boot "
                    + (machine.stealPercent.map { "\($0) %" } ?? "unknown"),
                "instruction sets: "
                    + instructionSets.filter { $0.refusal == nil }.map(\.name).joined(
                        separator: ", "),
            ]
            + instructionSets.compactMap { set in
                set.refusal.map { "  not \(set.name): \($0)" }
            }
            + [
                "CPU counters (perf events): " + Self.access(machine.perfEvents),
                "energy counters: " + Self.access(machine.energyCounters),
                "comparability key: \(text(machine.comparabilityKey))",
            ]
    }

    /// The matrix of distances, a row for each node; nothing to say of a single node.
    private static func distances(_ nodes: [NUMANode]) -> String {
        guard nodes.count > 1 else { return "" }
        let rows = nodes.map { $0.distances.map(String.init).joined(separator: " ") }
        return ", distances " + rows.joined(separator: " / ")
    }

    private static func modules(_ machine: MachineDescription) -> String {
        let unknown = "unknown (\(machine.memoryModulesUnknown ?? "not told"))"
        guard let modules = machine.memoryModules else { return unknown }
        var kinds: [(module: MemoryModule, count: Int)] = []
        for module in modules {
            if let index = kinds.firstIndex(where: { $0.module == module }) {
                kinds[index].count += 1
            } else {
                kinds.append((module, 1))
            }
        }
        let found = kinds.map { kind in
            "\(kind.count) × \(kind.module.byteCount >> 20) MiB"
                + (kind.module.megatransfers.map { " at \($0) MT/s" } ?? "")
        }
        return found.joined(separator: ", ")
            + ", channels \(machine.memoryChannels.map(String.init) ?? unknown)"
    }

    private static func access(_ access: CounterAccess?) -> String {
        guard let access else { return "unknown" }
        return access.isReadable ? "readable" : "not readable: \(access.reason ?? "no reason told")"
    }
}
