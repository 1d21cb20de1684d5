package import Kernels
package import Machine

/// On which threads, with which instructions, in which memory a model runs.
package struct Execution: Sendable {
    package let pool: WorkerPool
    package let instructionSet: InstructionSet
    package let policy: MemoryPolicy
    package let topology: Topology
    /// Why threads that were to be pinned are left to the scheduler; nil if they are not.
    package let pinRefusal: ErrorNumber?

    package init(
        pool: WorkerPool,
        instructionSet: InstructionSet,
        policy: MemoryPolicy,
        topology: Topology,
        pinRefusal: ErrorNumber? = nil
    ) {
        self.pool = pool
        self.instructionSet = instructionSet
        self.policy = policy
        self.topology = topology
        self.pinRefusal = pinRefusal
    }

    /// The node on which a worker is pinned; nil if it is not.
    func node(ofWorker index: Int) -> Int? {
        let pin = pool.pins[index]
        guard pin.isPinned, let cpu = pin.askedCPU else { return nil }
        return topology.cpu(cpu)?.node
    }

    /// The nodes that hold a copy of the weights; a single nil for one copy under the policy.
    ///
    /// Under `MemoryPolicy.replicate`, on a machine with memory on several nodes, these are the ones
    /// with memory on which threads are pinned, or the first with memory if there is none.
    var copyNodes: [Int?] {
        let memory = topology.memoryNodes
        guard policy == .replicate, memory.count > 1 else { return [nil] }
        let used = Set((0..<pool.workerCount).compactMap { node(ofWorker: $0) })
        let nodes = memory.filter(used.contains)
        return nodes.isEmpty ? [memory[0]] : nodes
    }

    /// Memory under the policy, not touched yet.
    func region(byteCount: Int) throws(MachineError) -> MemoryRegion {
        try MemoryRegion(byteCount: byteCount, policy: policy, topology: topology)
    }
}
