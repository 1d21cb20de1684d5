extension Placement {
    /// Chooses the places of the threads of one of several processes that run a model together.
    ///
    /// Each node's cores are cut into contiguous slices for the ranks on it, in their order; where there
    /// are fewer ranks than nodes, each has whole nodes. All ranks have as many threads: by default one
    /// for each core of the rank that has fewest, no more than a rank's part of a control group's
    /// quota (at least 1).
    ///
    /// - Parameters:
    ///   - cpus: Those of all ranks together; nil for what the process may run on.
    ///   - sharesCPUs: Whether ranks may sit on the same CPUs where there are not enough.
    /// - Throws: `MachineError.moreRanksThanCPUs` where there are not enough, in all ranks alike; what
    ///   `choose(threads:cpus:topology:limits:)` throws of CPUs and threads.
    package static func choose(
        threads: Int?, cpus: CPUSet?, rank: Int, of ranks: Int, sharesCPUs: Bool,
        topology: Topology, limits: ResourceLimits
    ) throws(MachineError) -> Placement {
        precondition(0..<ranks ~= rank, "no such rank")
        if let threads, threads < 1 { throw .threadCountNotPositive(threads) }
        // Refuses CPUs that are not there.
        _ = try choose(threads: nil, cpus: cpus, topology: topology, limits: limits)
        let usable = cpus ?? limits.allowedCPUs.intersection(topology.onlineCPUs)
        let nodes = cores(of: usable, topology: topology)
        let parts = (0..<ranks).map { RankPart(rank: $0, of: ranks, nodes: nodes) }
        let quota = limits.cpuQuota.map { $0 / Double(ranks) }
        let cores = parts.map(\.cores.count).min() ?? 1
        let count = threads ?? max(1, Int(min(Double(cores), quota ?? .infinity)))
        let isCrowded = parts.contains { $0.sharesCores || $0.cpuCount < count }
        guard sharesCPUs || !isCrowded else {
            throw .moreRanksThanCPUs(ranks: ranks, threads: count, cpus: usable)
        }
        let own = coresFirst(CPUSet(parts[rank].cores.flatMap(\.ids)), topology: topology).cpus
        let seats = (0..<count).map {
            let cpu = own[$0 % own.count]
            return Seat(
                cpu: cpu, node: topology.cpu(cpu)?.node, cache: topology.lastLevelCache(of: cpu))
        }
        // Where ranks share CPUs, each has a part of their time.
        let time = isCrowded ? Double(usable.count) / Double(ranks) : nil
        return Placement(seats: seats, cpuQuota: [quota, time].compactMap(\.self).min())
    }

    /// The cores of each node that has any: those of their CPUs that may be used.
    private static func cores(of usable: CPUSet, topology: Topology) -> [[CPUSet]] {
        var nodes: [Int: [CPUSet]] = [:]
        for cpu in topology.cpus where usable.contains(cpu.id) {
            let core = cpu.siblings.intersection(usable)
            guard core.ids.first == cpu.id else { continue }
            nodes[cpu.node, default: []].append(core)
        }
        return nodes.sorted { $0.key < $1.key }.map(\.value)
    }
}

/// The cores of one of several ranks.
private struct RankPart {
    let cores: [CPUSet]
    /// Whether other ranks have them too, as there are not enough.
    let sharesCores: Bool

    var cpuCount: Int { cores.reduce(0) { $0 + $1.count } }

    init(rank: Int, of ranks: Int, nodes: [[CPUSet]]) {
        func firstNode(of rank: Int) -> Int { rank * nodes.count / ranks }
        let first = firstNode(of: rank)
        let pool = nodes[first..<max(first + 1, firstNode(of: rank + 1))].flatMap(\.self)
        let sharers = (0..<ranks).filter { firstNode(of: $0) == first }
        let place = rank - (sharers.first ?? rank)
        let count = pool.count / sharers.count
        sharesCores = count == 0
        cores =
            count == 0
            ? [pool[place % pool.count]] : Array(pool[place * count..<(place + 1) * count])
    }
}
