/// How much of the machine this process may use.
package struct ResourceLimits: Sendable, Equatable, Codable {
    /// The online CPUs that the affinity mask names; a cpuset has already cut that mask.
    package let allowedCPUs: CPUSet
    /// CPU time per wall time granted by control groups, in CPUs; nil if it is not limited.
    package let cpuQuota: Double?
    /// The CPUs that the control groups' cpuset leaves; nil if there is none.
    package let cpusetCPUs: CPUSet?
    /// The memory nodes that it leaves; nil if there is none.
    package let cpusetNodes: CPUSet?
    /// The tightest memory limit of the control groups; nil if there is none.
    package let memoryLimitBytes: Int?
    /// What the control groups still let the process allocate; nil if they have no limit.
    package let memoryHeadroomBytes: Int?
    /// All memory of the machine (`MemTotal`).
    package let memoryTotalBytes: Int
    /// What can be allocated without swapping, in the kernel's estimate (`MemAvailable`).
    package let memoryAvailableBytes: Int

    package init(
        allowedCPUs: CPUSet,
        cpuQuota: Double? = nil,
        cpusetCPUs: CPUSet? = nil,
        cpusetNodes: CPUSet? = nil,
        memoryLimitBytes: Int? = nil,
        memoryHeadroomBytes: Int? = nil,
        memoryTotalBytes: Int,
        memoryAvailableBytes: Int
    ) {
        self.allowedCPUs = allowedCPUs
        self.cpuQuota = cpuQuota
        self.cpusetCPUs = cpusetCPUs
        self.cpusetNodes = cpusetNodes
        self.memoryLimitBytes = memoryLimitBytes
        self.memoryHeadroomBytes = memoryHeadroomBytes
        self.memoryTotalBytes = memoryTotalBytes
        self.memoryAvailableBytes = memoryAvailableBytes
    }

    /// What this process can still allocate without swapping and without being killed.
    package var usableMemoryBytes: Int {
        min(memoryAvailableBytes, memoryHeadroomBytes ?? memoryAvailableBytes)
    }

    /// Reads the limits that hold now for the calling thread; a pin of a `WorkerPool` is none.
    ///
    /// - Throws: `MachineError.noAllowedCPUs` if no allowed CPU is online,
    ///   `MachineError.unreadable` without `/proc/meminfo` or the online CPUs, and
    ///   `MachineError.malformed` for content that is not what the kernel documents.
    package static func current(root: String = "/") throws(MachineError) -> ResourceLimits {
        let files = SystemFiles(root: root)
        let online = try Topology.read(root: root).onlineCPUs
        let allowed = try affinity(files: files)?.intersection(online) ?? online
        guard !allowed.isEmpty else { throw .noAllowedCPUs }
        let group = try ControlGroup(files: files)
        return ResourceLimits(
            allowedCPUs: allowed,
            cpuQuota: group.cpuQuota,
            cpusetCPUs: group.cpusetCPUs,
            cpusetNodes: group.cpusetNodes,
            memoryLimitBytes: group.memoryLimitBytes,
            memoryHeadroomBytes: group.memoryHeadroomBytes,
            memoryTotalBytes: try memory("MemTotal", files: files),
            memoryAvailableBytes: try memory("MemAvailable", files: files))
    }

    /// The affinity mask, by system call or, of a recorded machine, from its status file.
    private static func affinity(files: SystemFiles) throws(MachineError) -> CPUSet? {
        if files.isLive, let mask = PinnedCaller.originalMask ?? CPUAffinity.current {
            return mask
        }
        let status = "proc/thread-self/status"
        guard let text = files.value(of: "Cpus_allowed_list", in: status) else { return nil }
        guard let mask = CPUSet(kernelList: text) else {
            throw .malformed(path: files.absolute(status), text: text, expected: "a CPU list")
        }
        return mask
    }

    private static func memory(
        _ key: String, files: SystemFiles
    ) throws(MachineError) -> Int {
        guard let bytes = files.kibibytes(of: key, in: "proc/meminfo") else {
            throw .unreadable(path: files.absolute("proc/meminfo"), expected: key)
        }
        return bytes
    }
}
