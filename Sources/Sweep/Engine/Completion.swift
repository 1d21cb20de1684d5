/// What an engine generated: how much, and a mark to tell whether it was the same.
package struct Completion: Equatable, Sendable {
    /// Generated tokens of each sequence.
    package var tokenCounts: [Int]
    /// FNV-1a over the ids of every sequence; equal ids give equal hashes on every machine.
    package var outputHash: UInt64

    package init(tokenCounts: [Int], outputHash: UInt64) {
        self.tokenCounts = tokenCounts
        self.outputHash = outputHash
    }

    /// Counts and hashes the generated ids, one array a sequence.
    ///
    /// Source: Fowler, Noll and Vo, FNV-1a, 64 bits; fed with the length of each sequence and its
    /// ids as 64-bit little-endian integers.
    package init(sequences: some Sequence<[some FixedWidthInteger]>) {
        tokenCounts = []
        outputHash = 0xCBF2_9CE4_8422_2325
        for ids in sequences {
            tokenCounts.append(ids.count)
            combine(UInt64(ids.count))
            for id in ids { combine(UInt64(truncatingIfNeeded: id)) }
        }
    }

    private mutating func combine(_ value: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            outputHash = (outputHash ^ (value >> shift & 0xFF)) &* 0x0000_0100_0000_01B3
        }
    }
}
