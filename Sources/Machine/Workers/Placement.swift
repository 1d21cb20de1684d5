/// Which CPU each worker is asked to sit on.
package struct Placement: Sendable, Equatable, Codable {
    /// The place of one worker.
    package struct Seat: Sendable, Equatable, Codable {
        /// The CPU to sit on; nil leaves the choice to the scheduler.
        package let cpu: Int?
        /// The NUMA node of that CPU; nil if there is no such CPU.
        package let node: Int?
        /// The CPUs that share its last-level cache; nil if unknown.
        package let cache: CPUSet?

        package init(cpu: Int?, node: Int?, cache: CPUSet? = nil) {
            self.cpu = cpu
            self.node = node
            self.cache = cache
        }
    }

    /// The places, by worker.
    package let seats: [Seat]
    /// CPU time per wall time that the workers share, in CPUs; nil if it is not limited.
    package let cpuQuota: Double?

    /// A placement on chosen seats, which may repeat a CPU.
    ///
    /// - Precondition: There is at least one seat.
    package init(seats: [Seat], cpuQuota: Double? = nil) {
        precondition(!seats.isEmpty, "a placement has at least one seat")
        self.seats = seats
        self.cpuQuota = cpuQuota
    }

    /// A placement that leaves every worker to the scheduler.
    ///
    /// - Precondition: `threads` is positive.
    package static func unpinned(threads: Int) -> Placement {
        Placement(seats: Array(repeating: Seat(cpu: nil, node: nil), count: threads))
    }

    /// How many workers there are.
    package var workerCount: Int { seats.count }

    /// The CPUs that are asked for.
    package var cpus: CPUSet { CPUSet(seats.compactMap(\.cpu)) }

    /// Whether the workers cannot all run at the same time, as far as the placement can tell:
    /// some share a CPU, or the quota is smaller than their number.
    package var isOversubscribed: Bool {
        let pinned = seats.compactMap(\.cpu)
        if Set(pinned).count < pinned.count { return true }
        return cpuQuota.map { $0 < Double(seats.count) } ?? false
    }

    /// The team of each worker: those that share a last-level cache.
    ///
    /// Numbered from 0 in the order of workers. All are one team where caches are not known, or where hardly any share one.
    package var teams: [Int] {
        var numbers: [CPUSet?: Int] = [:]
        let teams = seats.map { seat in
            let number = numbers[seat.cache] ?? numbers.count
            numbers[seat.cache] = number
            return number
        }
        return 2 * numbers.count > teams.count ? Array(repeating: 0, count: teams.count) : teams
    }

    /// Chooses a place for each worker.
    ///
    /// Without `threads` and `cpus` there is one worker on each physical core that has an allowed
    /// CPU, node by node, but no more than the whole CPUs of a control group's quota (at least 1).
    /// `threads` takes as many, SMT siblings only after all cores. `cpus` takes exactly these, by
    /// ascending id, or the first of them if `threads` asks for fewer. What is asked for explicitly
    /// may exceed the quota.
    ///
    /// - Throws: `MachineError.cpusNotAllowed` if a named CPU is offline or not in the affinity
    ///   mask; `.moreThreadsThanAllowed`, `.moreThreadsThanCPUs` or `.threadCountNotPositive` for a
    ///   number of threads that has no place; `.noAllowedCPUs` if there is none at all.
    package static func choose(
        threads: Int?, cpus: CPUSet?, topology: Topology, limits: ResourceLimits
    ) throws(MachineError) -> Placement {
        if let threads, threads < 1 {
            throw .threadCountNotPositive(threads)
        }
        let allowed = limits.allowedCPUs.intersection(topology.onlineCPUs)
        guard !allowed.isEmpty else { throw .noAllowedCPUs }
        let chosen: [Int]
        if let cpus {
            guard !cpus.isEmpty else {
                throw .invalidCPUList(text: "", reason: "names no CPU")
            }
            guard cpus.isSubset(of: allowed) else {
                throw .cpusNotAllowed(asked: cpus, allowed: allowed)
            }
            if let threads, threads > cpus.count {
                throw .moreThreadsThanCPUs(threads: threads, cpus: cpus)
            }
            chosen = Array(cpus.ids.prefix(threads ?? cpus.count))
        } else {
            let order = coresFirst(allowed, topology: topology)
            if let threads, threads > order.cpus.count {
                throw .moreThreadsThanAllowed(threads: threads, allowed: allowed)
            }
            // Compared as Double: a quota may be larger than any Int.
            let cores = Double(order.coreCount)
            let granted = min(cores, max(1, (limits.cpuQuota ?? cores).rounded(.down)))
            chosen = Array(order.cpus.prefix(threads ?? Int(granted)))
        }
        let seats = chosen.map {
            Seat(cpu: $0, node: topology.cpu($0)?.node, cache: topology.lastLevelCache(of: $0))
        }
        return Placement(seats: seats, cpuQuota: limits.cpuQuota)
    }

    /// The allowed CPUs in the order in which workers take them: the first CPU of every core, node
    /// by node, then the second of every core, and so on.
    static func coresFirst(
        _ allowed: CPUSet, topology: Topology
    ) -> (cpus: [Int], coreCount: Int) {
        var taken: [CPUSet: Int] = [:]
        var candidates: [(round: Int, node: Int, id: Int)] = []
        for cpu in topology.cpus where allowed.contains(cpu.id) {
            let round = taken[cpu.siblings, default: 0]
            taken[cpu.siblings] = round + 1
            candidates.append((round, cpu.node, cpu.id))
        }
        candidates.sort { ($0.round, $0.node, $0.id) < ($1.round, $1.node, $1.id) }
        return (candidates.map(\.id), taken.count)
    }
}
