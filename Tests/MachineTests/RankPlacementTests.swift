import Machine
import RecordedMachines
import Testing

/// Which cores the ranks of a model get.
@Suite struct RankPlacementTests {
    private func cpus(
        _ name: String, changes: String = "", ranks: Int, threads: Int? = nil, cpus: String? = nil,
        sharesCPUs: Bool = false
    ) throws -> [[Int?]] {
        try placements(
            name, changes: changes, ranks: ranks, threads: threads, cpus: cpus,
            sharesCPUs: sharesCPUs
        ).map { $0.seats.map(\.cpu) }
    }

    private func placements(
        _ name: String, changes: String = "", ranks: Int, threads: Int? = nil, cpus: String? = nil,
        sharesCPUs: Bool = false
    ) throws -> [Placement] {
        let machine = try RecordedMachine(name, changes: changes)
        return try withExtendedLifetime(machine) {
            try (0..<ranks).map {
                try Placement.choose(
                    threads: threads, cpus: cpus.map { try CPUSet(parsing: $0) }, rank: $0,
                    of: ranks, sharesCPUs: sharesCPUs, topology: Topology.read(root: machine.root),
                    limits: ResourceLimits.current(root: machine.root))
            }
        }
    }

    /// CPUs 0 to 3 are on node 0, 4 to 7 on node 1.
    @Test func nodesAreCutIntoContiguousSlices() throws {
        #expect(try cpus("two-sockets", ranks: 1) == [[0, 1, 2, 3, 4, 5, 6, 7]])
        #expect(try cpus("two-sockets", ranks: 2) == [[0, 1, 2, 3], [4, 5, 6, 7]])
        #expect(try cpus("two-sockets", ranks: 4) == [[0, 1], [2, 3], [4, 5], [6, 7]])
        // Two on one node, one on the other: all have as many as those that share.
        #expect(try cpus("two-sockets", ranks: 3) == [[0, 1], [2, 3], [4, 5]])
    }

    @Test func threadsAreFewerIfAsked() throws {
        #expect(try cpus("two-sockets", ranks: 2, threads: 1) == [[0], [4]])
        #expect(try cpus("two-sockets", ranks: 2, cpus: "1-2,6-7") == [[1, 2], [6, 7]])
        #expect(try cpus("two-sockets", ranks: 2, cpus: "1-2") == [[1], [2]])
    }

    /// Cores are 0+4, 1+5, 2+6 and 3+7.
    @Test func siblingsStayWithTheirCore() throws {
        #expect(try cpus("smt", ranks: 2) == [[0, 1], [2, 3]])
        #expect(try cpus("smt", ranks: 2, threads: 4) == [[0, 1, 4, 5], [2, 3, 6, 7]])
    }

    @Test func ranksOnOneCoreAreRefused() throws {
        let error = #expect(throws: MachineError.self) { try cpus("two-sockets", ranks: 9) }
        #expect(
            error == .moreRanksThanCPUs(ranks: 9, threads: 1, cpus: CPUSet(0..<8)))
        #expect(
            error?.description
                == "9 ranks of 1 thread have no cores of their own on 8 CPUs (0-7); ask for fewer, or "
                + "let them share: --oversubscribe")
        #expect(throws: MachineError.moreRanksThanCPUs(ranks: 2, threads: 5, cpus: CPUSet(0..<8))) {
            try cpus("two-sockets", ranks: 2, threads: 5)
        }
        #expect(throws: MachineError.threadCountNotPositive(0)) {
            try cpus("two-sockets", ranks: 2, threads: 0)
        }
        #expect(throws: MachineError.self) { try cpus("two-sockets", ranks: 2, cpus: "99") }
    }

    @Test func ranksThatShareCoresSaySo() throws {
        let crowded = try placements("two-sockets", ranks: 3, cpus: "2-3", sharesCPUs: true)
        #expect(crowded.map { $0.seats.map(\.cpu) } == [[2], [3], [2]])
        #expect(crowded.map(\.isOversubscribed) == [true, true, true])
        #expect(
            try placements("two-sockets", ranks: 2, sharesCPUs: true)
                .allSatisfy { !$0.isOversubscribed })
    }

    /// 2.5 CPUs for both together.
    @Test func aQuotaIsShared() throws {
        #expect(try cpus("cgroup-v2", ranks: 2).map(\.count) == [1, 1])
        #expect(
            try placements("cgroup-v2", ranks: 2).allSatisfy { !$0.isOversubscribed })
    }
}
