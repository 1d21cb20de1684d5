import Basics

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
    /// FNV-1a is fed with the length of each sequence and its ids as 64-bit little-endian integers.
    package init(sequences: some Sequence<[some FixedWidthInteger]>) {
        tokenCounts = []
        var mark = FNV1a()
        for ids in sequences {
            tokenCounts.append(ids.count)
            mark.combine(UInt64(ids.count))
            for id in ids { mark.combine(UInt64(truncatingIfNeeded: id)) }
        }
        outputHash = mark.value
    }
}
