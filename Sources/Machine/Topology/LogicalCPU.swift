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
