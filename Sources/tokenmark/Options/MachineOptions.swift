internal import ArgumentParser
internal import Kernels
internal import Machine
internal import Qwen

/// On which cores, with which memory policy and instructions; shared by every command that runs a
/// model.
struct MachineOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Worker threads; one for each physical core unless given.", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Cores to pin the threads to, such as 0-3,8.", valueName: "list"))
    var cpus: String?

    @Option(
        help: ArgumentHelp(
            "Where memory lies: local, interleave, bind:0,1, or replicate: a copy of the weights "
                + "on every node.", valueName: "policy"))
    var numa = "local"

    @Option(
        help: ArgumentHelp(
            "Instructions: auto, scalar, avx2, avxvnni, avx512 or amx.", valueName: "set"))
    var isa = "auto"

    /// Starts and pins the threads, or leaves them to the scheduler where nobody named CPUs and the
    /// kernel permits no pins.
    ///
    /// - Parameter pinsThreads: false leaves every thread to the scheduler.
    /// - Throws: `UsageError`, `MachineError`.
    func execution(pinsThreads: Bool = true) throws -> Execution {
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
}
