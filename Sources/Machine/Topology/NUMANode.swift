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
