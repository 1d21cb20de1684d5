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

    /// The CPU of this id; nil if it is not online.
    package func cpu(_ id: Int) -> LogicalCPU? {
        cpus.first { $0.id == id }
    }
}
