/// The machine as a report describes it; what cannot be read is nil.
package struct MachineDescription: Codable, Sendable, Equatable {
    package let cpuVendor: String?
    package let cpuModel: String?
    package let microcode: String?
    /// `x86_64` or `aarch64`.
    package let architecture: String
    package let sockets: Int?
    /// Physical cores with an online CPU.
    package let cores: Int?
    /// Online logical CPUs.
    package let threads: Int?
    /// Whether cores run several threads at once.
    package let smtActive: Bool?
    package let caches: [CacheSummary]?
    package let nodes: [NUMANode]?
    package let memoryTotalBytes: Int?
    package let memoryAvailableBytes: Int?
    package let swapTotalBytes: Int?
    package let swapUsedBytes: Int?
    package let kernelRelease: String?
    /// The hypervisor below; `none` on bare metal, `unknown` if there is one without a name.
    package let hypervisor: String?
    /// The frequency governor of the CPUs, several joined by a comma.
    package let governor: String?
    /// Whether cores may run faster than their nominal frequency.
    package let turbo: Bool?
    /// The setting in force of `always`, `madvise`, `never`.
    package let transparentHugePages: String?
    /// Whether the kernel moves pages between nodes by itself.
    package let numaBalancing: Bool?
    package let clockSource: String?
    /// Runnable threads, averaged over 1, 5 and 15 minutes.
    package let loadAverages: [Double]?
    /// The limits of this process.
    package let limits: ResourceLimits?

    /// Describes the machine whose `sys` and `proc` lie below `root`.
    ///
    /// What has been read already can be passed. Once a `WorkerPool` has pinned the calling thread,
    /// pass the limits read before: that thread is allowed one CPU only.
    package static func read(
        root: String = "/", topology: Topology? = nil, limits: ResourceLimits? = nil
    ) -> MachineDescription {
        MachineReader(files: SystemFiles(root: root)).read(
            topology: topology ?? (try? Topology.read(root: root)),
            limits: limits ?? (try? ResourceLimits.current(root: root)))
    }
}
