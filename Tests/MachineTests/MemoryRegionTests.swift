import Glibc
import Machine
import Testing

@Suite struct MemoryRegionTests {
    private let hugePage = 2 << 20

    @Test(arguments: [1, 4096, 4097, 2 << 20, (2 << 20) + 1, 9 << 20])
    func baseIsAlignedAndEveryByteIsZeroAndWritable(byteCount: Int) throws {
        let region = try MemoryRegion(
            byteCount: byteCount, policy: .local, topology: .read())
        #expect(Int(bitPattern: region.base) % hugePage == 0)
        #expect(region.byteCount == byteCount)
        let bytes = UnsafeMutableRawBufferPointer(start: region.base, count: byteCount)
        #expect(bytes.allSatisfy { $0 == 0 })
        bytes[0] = 1
        bytes[byteCount - 1] = 2
        #expect(bytes[byteCount - 1] == 2)
    }

    @Test func prefaultKeepsTheContentAndMakesPagesResident() throws {
        let byteCount = 3 << 20
        let region = try MemoryRegion(byteCount: byteCount, policy: .local, topology: .read())
        let bytes = UnsafeMutableRawBufferPointer(start: region.base, count: byteCount)
        bytes[12345] = 67
        try region.prefault()
        #expect(bytes[12345] == 67)
        #expect(residentPages(region) == byteCount / Int(getpagesize()))
    }

    @Test func prefaultOfAPartLeavesTheRestAlone() throws {
        let pageBytes = Int(getpagesize())
        // Below 2 MiB, so that no huge page makes more present than was asked for.
        let region = try MemoryRegion(
            byteCount: 16 * pageBytes, policy: .local, topology: .read())
        try region.prefault(pageBytes + 1..<3 * pageBytes)
        try region.prefault(0..<0)
        #expect(residentPages(region) == 2)
    }

    @Test(arguments: [.interleave, .bind([0])] as [MemoryPolicy])
    func policyOfExistingNodesIsAccepted(policy: MemoryPolicy) throws {
        let topology = try Topology.read()
        try #require(topology.memoryNodes.contains(0))
        let region = try MemoryRegion(byteCount: 8 << 20, policy: policy, topology: topology)
        try region.prefault()
        // Kernels without NUMA have no such file.
        if let nodes = region.nodeBytes() {
            #expect(nodes.values.reduce(0, +) == 8 << 20)
        }
    }

    @Test func hugePagesAreAtMostTheWholeRegion() throws {
        let region = try MemoryRegion(byteCount: 8 << 20, policy: .local, topology: .read())
        #expect(region.hugePageBytes() == 0)
        try region.prefault()
        let bytes = try #require(region.hugePageBytes())
        #expect(bytes % hugePage == 0)
        #expect(bytes <= 8 << 20)
    }

    @Test func bindToAnUnknownNodeIsRefused() throws {
        let topology = try Topology.read()
        #expect(
            throws: MachineError.unknownNodes(asked: [99], known: topology.memoryNodes)
        ) { try MemoryRegion(byteCount: 4096, policy: .bind([99]), topology: topology) }
    }

    @Test(arguments: [0, -1, Int.max, Int.min])
    func impossibleSizeIsRefused(byteCount: Int) throws {
        #expect(throws: MachineError.invalidRegionSize(byteCount)) {
            try MemoryRegion(byteCount: byteCount, policy: .local, topology: .read())
        }
    }

    @Test func sizeBeyondTheAddressSpaceIsRefusedWithTheReason() throws {
        let error = #expect(throws: MachineError.self) {
            try MemoryRegion(byteCount: 1 << 62, policy: .local, topology: .read())
        }
        #expect(error == .memoryRefused(byteCount: 1 << 62, error: ErrorNumber(ENOMEM)))
        #expect(error?.description.contains("Cannot allocate memory") == true)
    }

    private func residentPages(_ region: MemoryRegion) -> Int {
        let pageBytes = Int(getpagesize())
        var pages = [UInt8](repeating: 0, count: (region.byteCount + pageBytes - 1) / pageBytes)
        guard mincore(region.base, region.byteCount, &pages) == 0 else { return -1 }
        return pages.count { $0 & 1 == 1 }
    }
}
