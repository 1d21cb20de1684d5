import Testing

@testable import Machine

@Suite struct MemoryMapsTests {
    @Test func hugePagesOfOtherMappingsAreNotCounted() {
        let smaps = """
            7f0000000000-7f0000400000 rw-p 00000000 00:00 0
            Size:               4096 kB
            AnonHugePages:      2048 kB
            7f0000400000-7f0000c00000 rw-p 00000000 00:00 0
            AnonHugePages:      6144 kB
            VmFlags: rd wr mr mw me ac hg
            7f0000c00000-7f0000e00000 rw-p 00000000 00:00 0 [heap]
            AnonHugePages:      1024 kB
            """.split(separator: "\n")
        let range: Range<UInt> = 0x7f00_0040_0000..<0x7f00_00c0_0000
        #expect(MemoryMaps.hugePageBytes(smaps: smaps, range: range) == 6 << 20)
    }

    @Test func pagesOfAMappingAreCountedPerNode() {
        let maps = """
            7f0000000000 default anon=9 dirty=9 N0=9 kernelpagesize_kB=4
            7f0000400000 interleave:0-1 anon=512 dirty=512 active=0 N0=256 N1=256 kernelpagesize_kB=4
            7f0000800000 interleave:0-1 anon=1 N1=1 kernelpagesize_kB=2048
            """.split(separator: "\n")
        let range: Range<UInt> = 0x7f00_0040_0000..<0x7f00_00c0_0000
        #expect(
            MemoryMaps.nodeBytes(numaMaps: maps, range: range)
                == [0: 256 * 4096, 1: 256 * 4096 + 2 * 1_048_576])
    }
}
