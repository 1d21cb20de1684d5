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
    /// Physical cores with a CPU that this process may use.
    package let allowedCores: Int?
    /// The modules of memory; nil where firmware and kernel do not show them.
    package let memoryModules: [MemoryModule]?
    /// The channels that have one; nil where they are not told.
    package let memoryChannels: Int?
    /// Why modules or channels are not known; nil if both are.
    package let memoryModulesUnknown: String?
    /// Pages set aside for programs that ask for huge ones by name, and those not taken.
    package let hugePagesTotal: Int?
    package let hugePagesFree: Int?
    /// Part of all CPU time since boot, in percent, that the hypervisor gave to others.
    package let stealPercent: Double?
    /// Whether the CPU's counters can be read.
    package let perfEvents: CounterAccess?
    /// Whether the counters of energy can be read.
    package let energyCounters: CounterAccess?
    /// A mark of `stableFacts`: equal marks, comparable machines; nil in older descriptions.
    package var comparabilityKey: String?

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
