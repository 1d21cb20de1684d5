import Foundation
import Glibc
import Testing

@testable import Machine

@Suite struct PagePlacementTests {
    /// Pages of 100 bytes on nodes 0, 1, nowhere and 1; the range begins 30 bytes into the first.
    private let placement = PagePlacement(
        nodes: [0, 1, -ENOENT, 1], firstOffset: 30, byteCount: 350, pageBytes: 100)

    @Test func aPageCountsWithTheBytesOfTheRangeOnly() {
        #expect(placement.nodeBytes == [0: 70, 1: 100 + 80])
        #expect(placement.nodeBytes(in: 60..<80) == [0: 10, 1: 10])
        #expect(placement.nodeBytes(in: 170..<270) == [:])
        #expect(placement.nodeBytes(in: 5..<5) == [:])
    }

    @Test func sharedPagesAreLeftOut() {
        #expect(placement.wholePages(of: 0..<350) == 70..<270)
        #expect(placement.wholePages(of: 70..<170) == 70..<170)
        #expect(placement.wholePages(of: 71..<169).isEmpty)
        #expect(placement.wholePages(of: 10..<60).isEmpty)
    }

    @Test func touchedPagesOfARegionLieOnANode() throws {
        let topology = try Topology.read()
        let pageBytes = Int(getpagesize())
        // More pages than are asked for at a time.
        let region = try MemoryRegion(
            byteCount: 5000 * pageBytes, policy: .local, topology: topology)
        region.useSmallPages(around: [0, 2 << 20])
        try region.prefault(0..<3 * pageBytes)
        #expect(try total(region) == 3 * pageBytes)
        try region.prefault()
        #expect(try total(region) == region.byteCount)
    }

    @Test func pagesOfAMappedFileLieOnANode() throws {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("page-placement-\(UUID().uuidString)").path
        try Data(repeating: 7, count: 1_000_000).write(to: URL(fileURLWithPath: path))
        defer { unlink(path) }
        let file = try MappedFile(path: path)
        try file.populate(0..<1_000_000)
        let part = UnsafeRawBufferPointer(rebasing: file.bytes[10_001..<700_000])
        let bytes = try PagePlacement(of: part).nodeBytes
        #expect(bytes.values.reduce(0, +) == 689_999)
        #expect(try Set(bytes.keys).isSubset(of: Topology.read().memoryNodes))
    }

    private func total(_ region: MemoryRegion) throws -> Int {
        try PagePlacement(of: region.bytes).nodeBytes.values.reduce(0, +)
    }
}
