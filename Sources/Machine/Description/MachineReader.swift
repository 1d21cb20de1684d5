import CLinuxShims

/// Reads a `MachineDescription` from `proc` and `sys`.
struct MachineReader {
    let files: SystemFiles

    private let cpuDirectory = "sys/devices/system/cpu"

    init(files: SystemFiles) {
        self.files = files
    }

    func read(topology: Topology?, limits: ResourceLimits?) -> MachineDescription {
        let identity = CPUIdentity(files: files)
        let swapTotal = files.kibibytes(of: "SwapTotal", in: "proc/meminfo")
        let swapFree = files.kibibytes(of: "SwapFree", in: "proc/meminfo")
        let caches = topology.map { CacheSummary.summaries(of: $0.caches) }
        let memory = MemoryModules(files: files)
        var description = MachineDescription(
            cpuVendor: identity.vendor,
            cpuModel: identity.model,
            microcode: identity.microcode,
            architecture: architecture,
            sockets: topology?.packageCount,
            cores: topology?.coreCount,
            threads: topology?.cpus.count,
            smtActive: topology.map { $0.coreCount < $0.cpus.count },
            // A machine has caches; an empty list means that they cannot be read.
            caches: caches.flatMap { $0.isEmpty ? nil : $0 },
            nodes: topology?.nodes,
            memoryTotalBytes: files.kibibytes(of: "MemTotal", in: "proc/meminfo"),
            memoryAvailableBytes: files.kibibytes(of: "MemAvailable", in: "proc/meminfo"),
            swapTotalBytes: swapTotal,
            swapUsedBytes: swapTotal.flatMap { total in swapFree.map { total - $0 } },
            kernelRelease: files.text("proc/sys/kernel/osrelease"),
            hypervisor: hypervisor(isVirtual: identity.isVirtual),
            governor: governor,
            turbo: turbo,
            transparentHugePages: transparentHugePages,
            numaBalancing: files.integer("proc/sys/kernel/numa_balancing").map { $0 != 0 },
            clockSource: files.text(
                "sys/devices/system/clocksource/clocksource0/current_clocksource"),
            loadAverages: loadAverages,
            limits: limits,
            allowedCores: topology.flatMap { topology in
                limits.map { limits in
                    Set(limits.allowedCPUs.ids.compactMap { topology.cpu($0)?.siblings }).count
                }
            },
            memoryModules: memory.modules,
            memoryChannels: memory.channelCount,
            memoryModulesUnknown: memory.unknown,
            hugePagesTotal: files.value(of: "HugePages_Total", in: "proc/meminfo").flatMap {
                Int($0)
            },
            hugePagesFree: files.value(of: "HugePages_Free", in: "proc/meminfo").flatMap {
                Int($0)
            },
            stealPercent: StealTime.percentSinceBoot(files: files),
            perfEvents: CounterAccess.perfEvents(files: files),
            energyCounters: CounterAccess.energy(files: files))
        description.comparabilityKey = description.stableMark
        return description
    }

    private var architecture: String {
        #if arch(x86_64)
        "x86_64"
        #elseif arch(arm64)
        "aarch64"
        #else
        "other"
        #endif
    }

    /// The governors of all CPUs, which may differ.
    private var governor: String? {
        var names: Set<String> = []
        for cpu in files.numbers(in: cpuDirectory, prefix: "cpu") {
            if let name = files.text("\(cpuDirectory)/cpu\(cpu)/cpufreq/scaling_governor") {
                names.insert(name)
            }
        }
        return names.isEmpty ? nil : names.sorted().joined(separator: ",")
    }

    private var turbo: Bool? {
        if let isOff = files.integer("\(cpuDirectory)/intel_pstate/no_turbo") {
            return isOff == 0
        }
        return files.integer("\(cpuDirectory)/cpufreq/boost").map { $0 != 0 }
    }

    /// The word in brackets of `always [madvise] never`.
    private var transparentHugePages: String? {
        files.text("sys/kernel/mm/transparent_hugepage/enabled")?
            .split(separator: " ")
            .first { $0.hasPrefix("[") && $0.hasSuffix("]") }
            .map { String($0.dropFirst().dropLast()) }
    }

    private var loadAverages: [Double]? {
        guard let text = files.text("proc/loadavg") else { return nil }
        let averages = text.split(separator: " ").prefix(3).compactMap { Double($0) }
        return averages.count == 3 ? averages : nil
    }

    private func hypervisor(isVirtual: Bool?) -> String? {
        if let type = files.text("sys/hypervisor/type") { return type }
        if files.isLive, let signature = Self.hypervisorSignature { return signature }
        return isVirtual.map { $0 ? "unknown" : "none" }
    }

    /// The name behind the signature that the hypervisor shows to programs.
    private static var hypervisorSignature: String? {
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(CLS_SIGNATURE_BYTES)) {
            buffer, count in
            let isFound = buffer.withMemoryRebound(to: CChar.self) { characters in
                characters.baseAddress.map(cls_hypervisor_signature) ?? false
            }
            count = isFound ? buffer.prefix { $0 != 0 }.count : 0
        }
        switch String(decoding: bytes, as: UTF8.self) {
        case "": return nil
        case "KVMKVMKVM": return "KVM"
        case "Microsoft Hv": return "Hyper-V"
        case "VMwareVMware": return "VMware"
        case "XenVMMXenVMM": return "Xen"
        case let signature: return signature
        }
    }
}
