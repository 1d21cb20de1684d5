import Foundation
import Machine
import Testing

@Suite struct MachineDescriptionTests {
    private func description(_ name: String, changes: String = "") throws -> MachineDescription {
        let machine = try RecordedMachine(name, changes: changes)
        return withExtendedLifetime(machine) { MachineDescription.read(root: machine.root) }
    }

    @Test func describesAWholeMachine() throws {
        let machine = try description("two-sockets")
        #expect(machine.cpuVendor == "GenuineIntel")
        #expect(machine.cpuModel == "Intel(R) Xeon(R) Gold 6426Y")
        #expect(machine.microcode == "0x2b000461")
        #expect(machine.sockets == 2)
        #expect(machine.cores == 8)
        #expect(machine.threads == 8)
        #expect(machine.smtActive == false)
        #expect(machine.nodes?.count == 2)
        #expect(machine.memoryTotalBytes == 128 << 30)
        #expect(machine.swapTotalBytes == 8 << 30)
        #expect(machine.swapUsedBytes == 1 << 20)
        #expect(machine.kernelRelease == "6.8.0-45-generic")
        #expect(machine.hypervisor == "none")
        #expect(machine.governor == "performance,powersave")
        #expect(machine.turbo == false)
        #expect(machine.transparentHugePages == "madvise")
        #expect(machine.numaBalancing == true)
        #expect(machine.clockSource == "tsc")
        #expect(machine.loadAverages == [0.52, 1.25, 8])
        #expect(machine.limits?.allowedCPUs.description == "0-7")
    }

    @Test func equalCachesAreCounted() throws {
        let caches = try #require(try description("two-sockets").caches)
        #expect(caches.map(\.level) == [1, 1, 3])
        #expect(caches.map(\.kind) == [.data, .instruction, .unified])
        #expect(caches.map(\.byteCount) == [32 << 10, 64 << 10, 16 << 20])
        #expect(caches.map(\.instances) == [8, 8, 2])
    }

    @Test func boostAndSiblingsAreSeen() throws {
        let machine = try description("smt")
        #expect(machine.turbo == true)
        #expect(machine.smtActive == true)
        #expect(machine.cores == 4)
        #expect(machine.threads == 8)
    }

    @Test func whatAVirtualMachineHidesIsMissing() throws {
        let machine = try description("virtual-machine")
        #expect(machine.hypervisor == "unknown")
        #expect(machine.governor == nil)
        #expect(machine.turbo == nil)
        #expect(machine.microcode == nil)
        #expect(machine.caches == nil)
        #expect(machine.swapTotalBytes == nil)
        #expect(machine.loadAverages == nil)
    }

    @Test func hypervisorWithANameIsNamed() throws {
        #expect(
            try description("virtual-machine", changes: "sys/hypervisor/type = xen").hypervisor
                == "xen")
    }

    @Test func armCoreIsKnownByItsNumbers() throws {
        let machine = try RecordedMachine(
            record: """
                proc/cpuinfo <<
                CPU implementer	: 0x41
                CPU part	: 0xd40
                >>
                """)
        let description = MachineDescription.read(root: machine.root)
        #expect(description.cpuVendor == "0x41")
        #expect(description.cpuModel == "part 0xd40")
        #expect(description.hypervisor == nil)
    }

    @Test func emptyRootLeavesEverythingMissing() throws {
        let machine = try RecordedMachine(record: "unrelated = file")
        let description = MachineDescription.read(root: machine.root)
        #expect(description.cpuModel == nil)
        #expect(description.cores == nil)
        #expect(description.nodes == nil)
        #expect(description.memoryTotalBytes == nil)
        #expect(description.limits == nil)
    }

    @Test func encodesWithoutLoss() throws {
        let description = try description("two-sockets")
        let data = try JSONEncoder().encode(description)
        #expect(try JSONDecoder().decode(MachineDescription.self, from: data) == description)
    }
}
