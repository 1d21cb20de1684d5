import Foundation
import RecordedMachines
import Testing

@testable import Machine

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

    @Test func modulesAndChannelsComeFromErrorDetection() throws {
        let machine = try description("snc")
        #expect(machine.memoryModules?.count == 8)
        #expect(machine.memoryModules?.first?.byteCount == 32 << 30)
        #expect(machine.memoryChannels == 8)
        #expect(machine.memoryModulesUnknown == nil)
        #expect(machine.hugePagesTotal == 64)
        #expect(machine.hugePagesFree == 60)
        #expect(machine.allowedCores == 8)
        #expect(machine.stealPercent == 0)
        #expect(machine.energyCounters?.isReadable == true)
        #expect(machine.perfEvents == nil)
    }

    /// SMBIOS 3.7, 7.18: type, length 0x28, size at 0x0C, speed at 0x15, extended size at 0x1C,
    /// configured speed at 0x20.
    @Test func firmwareTablesTellSizeAndSpeed() throws {
        var table = [UInt8](repeating: 0, count: 0x28)
        (table[0], table[1]) = (17, 0x28)
        #expect(MemoryModule(dmi: table) == nil)
        (table[0x0C], table[0x0D]) = (0x00, 0x40)
        #expect(MemoryModule(dmi: table) == MemoryModule(byteCount: 16 << 30, megatransfers: nil))
        (table[0x15], table[0x16]) = (0xC0, 0x12)
        #expect(MemoryModule(dmi: table)?.megatransfers == 4800)
        (table[0x20], table[0x21]) = (0x30, 0x11)
        #expect(MemoryModule(dmi: table)?.megatransfers == 4400)
        (table[0x0C], table[0x0D]) = (0xFF, 0x7F)
        (table[0x1C], table[0x1D], table[0x1E], table[0x1F]) = (0, 0, 1, 0)
        #expect(MemoryModule(dmi: table)?.byteCount == 64 << 30)
        for count in 0..<0x1F {
            #expect(MemoryModule(dmi: Array(table.prefix(count))) == nil)
        }
        table[0] = 16
        #expect(MemoryModule(dmi: table) == nil)
    }

    @Test func keyFollowsWhatStaysAndNotWhatPasses() throws {
        let key = try #require(try description("two-sockets").comparabilityKey)
        #expect(key.count == 16)
        for passing in [
            "proc/loadavg = 9.99 1.25 8.00 3/812 40213",
            """
            proc/meminfo <<
            MemTotal:       134200000 kB
            MemAvailable:      1000 kB
            SwapTotal:       8388608 kB
            SwapFree:        8 kB
            >>
            """, "proc/stat = cpu 1 2 3 4 5 6 7 800",
        ] {
            #expect(try description("two-sockets", changes: passing).comparabilityKey == key)
        }
        for lasting in [
            "proc/sys/kernel/osrelease = 6.8.0-46-generic",
            "sys/devices/system/cpu/intel_pstate/no_turbo = 0",
            "sys/devices/system/cpu/cpu7/cpufreq/scaling_governor = performance",
            "sys/devices/system/node/node1/distance = 20 10",
            "sys/kernel/mm/transparent_hugepage/enabled = [always] madvise never",
            "sys/devices/system/clocksource/clocksource0/current_clocksource = hpet",
        ] {
            #expect(try description("two-sockets", changes: lasting).comparabilityKey != key)
        }
    }

    @Test func encodesWithoutLoss() throws {
        let description = try description("two-sockets")
        let data = try JSONEncoder().encode(description)
        #expect(try JSONDecoder().decode(MachineDescription.self, from: data) == description)
    }
}
