internal import Machine
package import Qwen
package import Sweep

/// On which cores, with which memory policy and instructions, in the words of the command line.
package struct MachineSettings: Equatable, Sendable {
    /// Worker threads; nil for one for each physical core.
    package var threads: Int?
    /// CPUs to pin them to, such as `0-3,8`; nil for those that there are.
    package var cpus: String?
    /// Where memory lies, as `MemoryPolicy` reads it.
    package var numa = "local"
    /// Instructions, as ``InstructionSetChoice`` reads them.
    package var isa = "auto"

    package init() {}

    /// Starts and pins the threads, or leaves them to the scheduler where nobody named CPUs and the
    /// kernel permits no pins.
    ///
    /// - Parameter pinsThreads: false leaves every thread to the scheduler.
    /// - Throws: ``UsageError``, `MachineError`.
    package func execution(pinsThreads: Bool = true) throws -> Execution {
        let instructionSet = try InstructionSetChoice.resolve(isa)
        let topology = try Topology.read()
        let policy = try MemoryPolicy(parsing: numa)
        try policy.validate(for: topology)
        var placement = try Placement.choose(
            threads: threads,
            cpus: cpus.map { try CPUSet(parsing: $0) },
            topology: topology,
            limits: ResourceLimits.current())
        if !pinsThreads {
            placement = .unpinned(threads: placement.workerCount)
        }
        var pool = try WorkerPool(placement: placement)
        let pinRefusal = cpus == nil ? pool.pinRefusal : nil
        if pinRefusal != nil {
            pool.shutdown()
            pool = try WorkerPool(placement: .unpinned(threads: placement.workerCount))
        }
        return Execution(
            pool: pool,
            instructionSet: instructionSet,
            policy: policy,
            topology: topology,
            pinRefusal: pinRefusal)
    }

    /// These with those that a point of a sweep varies.
    package func varied(by setting: Parameters) -> MachineSettings {
        var varied = self
        if let threads = setting[.threads]?.count { varied.threads = threads }
        if let cpus = setting[.cpus] { varied.cpus = "\(cpus)" }
        if let numa = setting[.numa] { varied.numa = "\(numa)" }
        if let isa = setting[.isa] { varied.isa = "\(isa)" }
        return varied
    }
}
