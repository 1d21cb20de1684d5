import Machine
import RecordedMachines
import Testing

@Suite struct TopologyTests {
    private func topology(_ name: String, changes: String = "") throws -> Topology {
        let machine = try RecordedMachine(name, changes: changes)
        return try withExtendedLifetime(machine) { try Topology.read(root: machine.root) }
    }

    @Test func twoSocketsAreTwoPackagesAndTwoNodes() throws {
        let topology = try topology("two-sockets")
        #expect(topology.packageCount == 2)
        #expect(topology.coreCount == 8)
        #expect(topology.cpus.map(\.id) == [0, 1, 2, 3, 4, 5, 6, 7])
        #expect(topology.cpus.map(\.core) == [0, 1, 2, 3, 0, 1, 2, 3])
        #expect(topology.cpus.map(\.package) == [0, 0, 0, 0, 1, 1, 1, 1])
        #expect(topology.cpus.map(\.node) == [0, 0, 0, 0, 1, 1, 1, 1])
        #expect(topology.nodes.map(\.cpus.description) == ["0-3", "4-7"])
        #expect(topology.nodes.map(\.memoryBytes) == [64 << 30, 64 << 30])
        #expect(topology.nodes.map(\.distances) == [[10, 21], [21, 10]])
    }

    @Test func subNUMAClustersAreNodesOfOnePackage() throws {
        let topology = try topology("snc")
        #expect(topology.packageCount == 2)
        #expect(topology.coreCount == 8)
        #expect(
            topology.nodes.map(\.cpus.description) == [
                "0-1,8-9", "2-3,10-11", "4-5,12-13", "6-7,14-15",
            ])
        #expect(topology.nodes[2].distances == [21, 21, 10, 12])
        #expect(topology.memoryNodes == [0, 1, 2, 3])
        #expect(topology.cpu(13)?.node == 2)
        #expect(topology.cpu(13)?.package == 1)
    }

    @Test func sharedCacheIsListedOnce() throws {
        let caches = try topology("two-sockets").caches
        #expect(caches.count == 8 + 8 + 2)
        #expect(caches.filter { $0.level == 3 }.map(\.cpus.description) == ["0-3", "4-7"])
        #expect(caches.filter { $0.level == 3 }.map(\.byteCount) == [16 << 20, 16 << 20])
        #expect(caches.first?.kind == .data)
        #expect(caches.first?.byteCount == 32 << 10)
    }

    @Test func siblingsShareACore() throws {
        let topology = try topology("smt")
        #expect(topology.coreCount == 4)
        #expect(topology.cpus.count == 8)
        #expect(topology.cpu(6)?.core == 2)
        #expect(topology.cpu(6)?.siblings.ids == [2, 6])
    }

    @Test func machineWithoutNodeDirectoryIsOneNodeWithAllMemory() throws {
        let topology = try topology("virtual-machine")
        #expect(topology.nodes.count == 1)
        #expect(topology.nodes[0].cpus.ids == [0, 1])
        #expect(topology.nodes[0].memoryBytes == 4 << 30)
        #expect(topology.caches.isEmpty)
    }

    @Test func offlineCPUIsLeftOut() throws {
        let topology = try topology("offline")
        #expect(topology.onlineCPUs.ids == [0, 2, 3])
        #expect(topology.coreCount == 2)
        #expect(topology.cpu(1) == nil)
    }

    @Test func nodeWithoutMemoryIsNoMemoryNode() throws {
        let topology = try topology("offline")
        #expect(topology.nodes.count == 2)
        #expect(topology.nodes[1].cpus.isEmpty)
        #expect(topology.memoryNodes == [0])
    }

    @Test func cpuWithoutTopologyIsACoreOfItsOwn() throws {
        let machine = try RecordedMachine(record: "sys/devices/system/cpu/online = 0-2")
        let topology = try Topology.read(root: machine.root)
        #expect(topology.cpus.map(\.siblings.ids) == [[0], [1], [2]])
        #expect(topology.packageCount == 1)
        #expect(topology.nodes.map(\.memoryBytes) == [nil])
    }

    @Test func cpusAreFoundWithoutTheListOfOnlineOnes() throws {
        let machine = try RecordedMachine(
            record: """
                sys/devices/system/cpu/cpu{0-1}/topology/core_id = $
                sys/devices/system/cpu/cpufreq/boost = 0
                sys/devices/system/cpu/cpuidle/current_driver = none
                """)
        #expect(try Topology.read(root: machine.root).onlineCPUs.ids == [0, 1])
    }

    @Test func emptyRootIsAnErrorThatNamesTheFile() throws {
        let machine = try RecordedMachine(record: "proc/loadavg = 0 0 0")
        #expect(
            throws: MachineError.unreadable(
                path: "\(machine.root)/sys/devices/system/cpu/online", expected: "the online CPUs")
        ) { try Topology.read(root: machine.root) }
    }

    @Test(arguments: [
        "sys/devices/system/cpu/online = 0-x",
        "sys/devices/system/cpu/cpu3/topology/core_id = three",
        "sys/devices/system/cpu/cpu3/cache/index0/size = 32",
        "sys/devices/system/cpu/cpu3/cache/index0/size = 99999999999999999M",
        "sys/devices/system/cpu/cpu3/cache/index0/type = Trace",
        "sys/devices/system/node/node1/distance = 10",
        "sys/devices/system/node/node1/cpulist = 4-6",
    ])
    func malformedFileIsAnErrorThatShowsItsContent(change: String) throws {
        let error = #expect(throws: MachineError.self) {
            try topology("two-sockets", changes: change)
        }
        let content = change.split(separator: " = ")[1]
        #expect(error?.description.contains(content) == true)
    }

    @Test func thisMachineHasCPUsOnItsNodes() throws {
        let topology = try Topology.read()
        #expect(!topology.cpus.isEmpty)
        #expect(!topology.nodes.isEmpty)
        for cpu in topology.cpus {
            #expect(cpu.siblings.contains(cpu.id))
            #expect(topology.nodes.contains { $0.id == cpu.node && $0.cpus.contains(cpu.id) })
        }
    }
}
