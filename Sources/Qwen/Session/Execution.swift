package import Kernels
package import Machine

/// On which threads, with which instructions, in which memory a model runs.
package struct Execution: Sendable {
    package let pool: WorkerPool
    package let instructionSet: InstructionSet
    package let policy: MemoryPolicy
    package let topology: Topology

    package init(
        pool: WorkerPool,
        instructionSet: InstructionSet,
        policy: MemoryPolicy,
        topology: Topology
    ) {
        self.pool = pool
        self.instructionSet = instructionSet
        self.policy = policy
        self.topology = topology
    }

    /// Memory under the policy, not touched yet.
    func region(byteCount: Int) throws(MachineError) -> MemoryRegion {
        try MemoryRegion(byteCount: byteCount, policy: policy, topology: topology)
    }
}
