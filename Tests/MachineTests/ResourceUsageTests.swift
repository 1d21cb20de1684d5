import Machine
import RecordedMachines
import Testing

@Suite struct ResourceUsageTests {
    @Test func touchingFreshPagesCountsAsMinorFaults() throws {
        let region = try MemoryRegion(
            byteCount: 256 * 4096, policy: .local, topology: .read())
        let before = ResourceUsage.current()
        for page in 0..<256 {
            region.base.storeBytes(of: 1, toByteOffset: page * 4096, as: UInt8.self)
        }
        let used = ResourceUsage.current() - before
        // Other tests of the process may add faults of their own; 16 where pages are 64 KiB.
        #expect(used.minorFaults >= 16)
    }

    @Test func peakIsAtLeastWhatIsResident() throws {
        let memory = ProcessMemory.current()
        let resident = try #require(memory.residentBytes)
        #expect(try #require(memory.peakResidentBytes) >= resident)
        #expect(resident > 1 << 20)
    }

    @Test func statusFileIsReadInBytes() throws {
        let machine = try RecordedMachine(
            record: """
                proc/self/status <<
                VmHWM:	    2048 kB
                VmRSS:	    1024 kB
                >>
                """)
        let memory = ProcessMemory.current(root: machine.root)
        #expect(memory.peakResidentBytes == 2 << 20)
        #expect(memory.residentBytes == 1 << 20)
    }

    @Test func unreadableStatusIsMissing() throws {
        let machine = try RecordedMachine(record: "unrelated = file")
        #expect(ProcessMemory.current(root: machine.root).residentBytes == nil)
    }
}
