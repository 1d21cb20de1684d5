internal import Machine
package import Qwen
package import Sweep

/// On which cores, with which memory policy and instructions, in the words of the command line.
package struct MachineSettings: Equatable, Sendable, Codable {
    /// Worker threads; nil for one for each physical core.
    package var threads: Int?
    /// CPUs to pin them to, such as `0-3,8`; nil for those that there are.
    package var cpus: String?
    /// Where memory lies, as `MemoryPolicy` reads it.
    package var numa = "local"
    /// Instructions, as ``InstructionSetChoice`` reads them.
    package var isa = "auto"
    /// Processes that run the model together, each with so many threads; nil for one.
    package var ranks: Int?
    /// The same as a number.
    package var rankCount: Int { ranks ?? 1 }
    /// Whether they may share cores.
    package var oversubscribes = false
    /// The hosts that the ranks are on, as the launcher knows them; nil for this one.
    package var hosts: [String]?
    /// In which precision sums travel between hosts; nil for f32.
    package var reduce: ReducePrecision?

    package init() {}

    /// One of several processes that run a model together.
    package struct Rank: Equatable, Sendable {
        package let index: Int
        package let count: Int
        /// Which one it is of the ranks on its host, and how many they are.
        package let place: Int
        package let countHere: Int

        package init(index: Int, count: Int, place: Int, countHere: Int) {
            self.index = index
            self.count = count
            self.place = place
            self.countHere = countHere
        }

        /// One of ranks that are all on one host.
        package init(index: Int, count: Int) {
            self.init(index: index, count: count, place: index, countHere: count)
        }
    }

    /// Starts and pins the threads, or leaves them to the scheduler where nobody named CPUs and the
    /// kernel permits no pins.
    ///
    /// - Parameters:
    ///   - pinsThreads: false leaves every thread to the scheduler.
    ///   - rank: which of several processes this is, that each have a part of the cores.
    /// - Throws: ``UsageError``, `MachineError`.
    package func execution(pinsThreads: Bool = true, rank: Rank? = nil) throws -> Execution {
        let instructionSet = try InstructionSetChoice.resolve(isa)
        let topology = try Topology.read()
        let policy = try MemoryPolicy(parsing: numa)
        try policy.validate(for: topology)
        var placement = try self.placement(topology, rank)
        // Where ranks crowd, no thread of one sees that it has no core for itself.
        let spin =
            rank != nil && placement.isOversubscribed
            ? WorkerPool.oversubscribedSpinNanoseconds : nil
        if !pinsThreads {
            placement = .unpinned(threads: placement.workerCount)
        }
        var pool = try WorkerPool(placement: placement, spinNanoseconds: spin)
        let pinRefusal = cpus == nil ? pool.pinRefusal : nil
        if pinRefusal != nil {
            pool.shutdown()
            pool = try WorkerPool(
                placement: .unpinned(threads: placement.workerCount), spinNanoseconds: spin)
        }
        return Execution(
            pool: pool,
            instructionSet: instructionSet,
            policy: policy,
            topology: topology,
            pinRefusal: pinRefusal)
    }

    /// Whether the threads of a rank have no cores for themselves.
    package func isCrowded(_ rank: Rank) throws -> Bool {
        try placement(Topology.read(), rank).isOversubscribed
    }

    private func placement(_ topology: Topology, _ rank: Rank?) throws -> Placement {
        let cpus = try cpus.map { try CPUSet(parsing: $0) }
        let limits = try ResourceLimits.current()
        guard let rank else {
            return try Placement.choose(
                threads: threads, cpus: cpus, topology: topology, limits: limits)
        }
        return try Placement.choose(
            threads: threads, cpus: cpus, rank: rank.place, of: rank.countHere,
            sharesCPUs: oversubscribes, topology: topology, limits: limits)
    }

    /// These with those that a point of a sweep varies.
    package func varied(by setting: Parameters) -> MachineSettings {
        var varied = self
        if let ranks = setting[.ranks]?.count { varied.ranks = ranks }
        if let threads = setting[.threads]?.count { varied.threads = threads }
        if let cpus = setting[.cpus] { varied.cpus = "\(cpus)" }
        if let numa = setting[.numa] { varied.numa = "\(numa)" }
        if let isa = setting[.isa] { varied.isa = "\(isa)" }
        return varied
    }
}
