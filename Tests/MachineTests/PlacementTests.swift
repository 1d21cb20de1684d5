import Foundation
import Machine
import RecordedMachines
import Testing

@Suite struct PlacementTests {
    private func choose(
        _ name: String, changes: String = "", threads: Int? = nil, cpus: String? = nil
    ) throws -> Placement {
        let machine = try RecordedMachine(name, changes: changes)
        return try withExtendedLifetime(machine) {
            try Placement.choose(
                threads: threads,
                cpus: cpus.map { try CPUSet(parsing: $0) },
                topology: Topology.read(root: machine.root),
                limits: ResourceLimits.current(root: machine.root))
        }
    }

    @Test func defaultIsOneWorkerPerCoreNodeByNode() throws {
        let placement = try choose("two-sockets")
        #expect(placement.seats.map(\.cpu) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(placement.seats.map(\.node) == [0, 0, 0, 0, 1, 1, 1, 1])
        #expect(!placement.isOversubscribed)
    }

    @Test func nodesAreFilledOneAfterTheOtherEvenIfTheirCPUsAlternate() throws {
        let placement = try choose(
            "two-sockets",
            changes: """
                sys/devices/system/node/node0/cpulist = 0,2,4,6
                sys/devices/system/node/node1/cpulist = 1,3,5,7
                """)
        #expect(placement.seats.map(\.cpu) == [0, 2, 4, 6, 1, 3, 5, 7])
    }

    @Test(
        arguments: [
            (nil, [0, 1, 2, 3]), (2, [0, 1]), (5, [0, 1, 2, 3, 4]), (8, [0, 1, 2, 3, 4, 5, 6, 7]),
        ] as [(Int?, [Int])])
    func siblingsComeAfterAllCores(threads: Int?, cpus: [Int]) throws {
        #expect(try choose("smt", threads: threads).seats.map(\.cpu) == cpus)
    }

    @Test func affinityMaskIsRespected() throws {
        // CPUs 4 and 5 are the second threads of cores 0 and 1.
        let changes = "proc/thread-self/status = Cpus_allowed_list: 1,4-5"
        #expect(try choose("smt", changes: changes).seats.map(\.cpu) == [1, 4])
        #expect(try choose("smt", changes: changes, threads: 3).seats.map(\.cpu) == [1, 4, 5])
    }

    @Test func quotaIsRoundedDownToWholeWorkers() throws {
        // 2.5 CPUs
        #expect(try choose("cgroup-v2").seats.map(\.cpu) == [0, 1])
    }

    @Test func quotaBelowOneLeavesOneWorker() throws {
        // 0.5 CPUs, mask 1-2
        #expect(try choose("cgroup-v1").seats.map(\.cpu) == [1])
    }

    @Test func explicitThreadsMayExceedTheQuota() throws {
        let placement = try choose("cgroup-v2", threads: 3)
        #expect(placement.workerCount == 3)
        #expect(placement.isOversubscribed)
    }

    @Test func namedCPUsAreTakenExactly() throws {
        #expect(try choose("smt", cpus: "2,6,0").seats.map(\.cpu) == [0, 2, 6])
        #expect(try choose("smt", threads: 2, cpus: "2,6,0").seats.map(\.cpu) == [0, 2])
    }

    @Test func cpuThatDoesNotExistIsRefusedByName() throws {
        let error = #expect(throws: MachineError.self) { try choose("smt", cpus: "0,99") }
        #expect(error == .cpusNotAllowed(asked: CPUSet([0, 99]), allowed: CPUSet(0..<8)))
        #expect(error?.description.hasPrefix("CPU 99 is not available") == true)
        #expect(error?.description.contains("may run on 0-7") == true)
    }

    @Test func cpuOutsideOfTheMaskIsRefused() {
        #expect(
            throws: MachineError.cpusNotAllowed(asked: CPUSet([0]), allowed: CPUSet([1, 2]))
        ) { try choose("cgroup-v1", cpus: "0") }
    }

    @Test func moreThreadsThanCPUsAreRefusedWithBothNumbers() throws {
        let error = #expect(throws: MachineError.self) { try choose("smt", threads: 9) }
        #expect(error == .moreThreadsThanAllowed(threads: 9, allowed: CPUSet(0..<8)))
        #expect(error?.description.contains("9 threads") == true)
        #expect(error?.description.contains("at most 8") == true)
    }

    @Test func moreThreadsThanNamedCPUsAreRefused() {
        #expect(throws: MachineError.moreThreadsThanCPUs(threads: 3, cpus: CPUSet([0, 1]))) {
            try choose("smt", threads: 3, cpus: "0-1")
        }
    }

    @Test(arguments: [0, -1, Int.min])
    func threadCountMustBePositive(threads: Int) {
        #expect(throws: MachineError.threadCountNotPositive(threads)) {
            try choose("smt", threads: threads)
        }
    }

    @Test func workersThatShareALastLevelCacheAreATeam() throws {
        #expect(try choose("two-sockets").teams == [0, 0, 0, 0, 1, 1, 1, 1])
        #expect(try choose("two-sockets", cpus: "2-5").teams == [0, 0, 1, 1])
        #expect(try choose("smt").teams == [0, 0, 0, 0])
        #expect(Placement.unpinned(threads: 3).teams == [0, 0, 0])
    }

    /// A team of one would meet nobody first.
    @Test func cachesThatNobodySharesMakeNoTeams() throws {
        #expect(try choose("two-sockets", cpus: "3-4").teams == [0, 0])
        let seats = (0..<3).map { Placement.Seat(cpu: $0, node: 0, cache: CPUSet([$0])) }
        #expect(Placement(seats: seats).teams == [0, 0, 0])
    }

    @Test func sharedCPUIsOversubscribed() {
        let seat = Placement.Seat(cpu: 0, node: 0)
        #expect(Placement(seats: [seat, seat]).isOversubscribed)
        #expect(!Placement(seats: [seat]).isOversubscribed)
        #expect(!Placement.unpinned(threads: 2).isOversubscribed)
    }

    @Test func encodesWithoutLoss() throws {
        let placement = try choose("cgroup-v2")
        let data = try JSONEncoder().encode(placement)
        #expect(try JSONDecoder().decode(Placement.self, from: data) == placement)
    }
}
