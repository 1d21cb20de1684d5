/// How the machine is built: its online CPUs, NUMA nodes and caches.
package struct Topology: Sendable, Equatable, Codable {
    /// The online logical CPUs, by ascending id.
    package let cpus: [LogicalCPU]
    /// The NUMA nodes, by ascending id; a machine without NUMA is one node.
    package let nodes: [NUMANode]
    /// Every cache once, by ascending level.
    package let caches: [CPUCache]

    package init(cpus: [LogicalCPU], nodes: [NUMANode], caches: [CPUCache]) {
        self.cpus = cpus
        self.nodes = nodes
        self.caches = caches
    }

    /// Reads the machine from `<root>/sys/devices/system/{cpu,node}`.
    ///
    /// A CPU without a `topology` directory is a core of its own in package 0, and a machine
    /// without a `node` directory is one node that holds all memory.
    ///
    /// - Throws: `MachineError.unreadable` if there is no CPU to be found, and
    ///   `MachineError.malformed` for content that is not what the kernel documents.
    package static func read(root: String = "/") throws(MachineError) -> Topology {
        try TopologyReader(files: SystemFiles(root: root)).read()
    }

    /// The ids of all online CPUs.
    package var onlineCPUs: CPUSet { CPUSet(cpus.map(\.id)) }

    /// How many physical cores have an online CPU.
    package var coreCount: Int { Set(cpus.map(\.siblings)).count }

    /// How many packages (sockets) have an online CPU.
    package var packageCount: Int { Set(cpus.map(\.package)).count }

    /// The nodes on which pages can be placed.
    package var memoryNodes: [Int] { nodes.filter(\.hasMemory).map(\.id) }

    /// The CPUs that share the last-level cache of one of them; nil if its caches are not known.
    package func lastLevelCache(of cpu: Int) -> CPUSet? {
        caches.filter { $0.kind != .instruction && $0.cpus.contains(cpu) }
            .max { $0.level < $1.level }?.cpus
    }

    /// The CPU of this id; nil if it is not online.
    package func cpu(_ id: Int) -> LogicalCPU? {
        cpus.first { $0.id == id }
    }
}

/// One CPU as the scheduler sees it: a hardware thread of a core.
package struct LogicalCPU: Sendable, Equatable, Codable {
    /// The number by which affinity masks name it.
    package let id: Int
    /// The number of its core, unique within its package only.
    package let core: Int
    /// The number of its package (socket).
    package let package: Int
    /// The number of its NUMA node.
    package let node: Int
    /// The online CPUs that share its core, itself included; they identify the core.
    package let siblings: CPUSet
}

/// One NUMA node: CPUs and the memory near to them, either of which may be absent.
package struct NUMANode: Sendable, Equatable, Codable {
    /// The number by which memory policies name it.
    package let id: Int
    /// Its online CPUs.
    package let cpus: CPUSet
    /// The memory it holds; nil where the kernel does not tell.
    package let memoryBytes: Int?
    /// Relative access cost to every node, in the order of `Topology.nodes`; 10 is local.
    package let distances: [Int]

    /// Whether pages can be placed on it, as on a node whose memory is unknown.
    package var hasMemory: Bool { memoryBytes.map { $0 > 0 } ?? true }
}

/// One cache and the CPUs that share it.
package struct CPUCache: Sendable, Equatable, Codable {
    /// What a cache holds.
    package enum Kind: String, Sendable, Equatable, Codable {
        case data
        case instruction
        case unified
    }

    /// 1 for the cache nearest to the core.
    package let level: Int
    package let kind: Kind
    package let byteCount: Int
    /// The online CPUs that share it.
    package let cpus: CPUSet
}
