internal import Kernels

/// Which blocks of the cache hold how prompts begin.
///
/// A block's numbers depend on its tokens, on those before it and on how it is rotated; so a block is
/// found by its tokens and by the block found before it, the first by the rotation. Tokens are
/// compared and not their hashes alone: no two beginnings are taken for each other.
struct PrefixIndex {
    /// Where a prompt goes on.
    struct Place {
        /// Of the block before it, or the bits of the rotation's base, which no serial reaches.
        fileprivate let serial: UInt64
        /// Which use of the index the prompt is.
        fileprivate let use: UInt64
    }

    private struct Key: Hashable {
        let before: UInt64
        let tokens: [Int32]
    }

    private struct Entry {
        let serial: UInt64
        let block: UInt32
        /// At least that of every block behind it.
        var lastUse: UInt64
    }

    private var entries: [Key: Entry] = [:]
    private var serials: UInt64 = 0
    private var uses: UInt64 = 0

    /// Blocks that can be found.
    var count: Int { entries.count }

    /// The blocks that hold the beginning of a prompt, as many as there are one behind the other.
    ///
    /// - Parameters:
    ///   - rotaryBase: of the rotation that they were stored with.
    ///   - limit: blocks at most.
    /// - Returns: the blocks, and where the prompt goes on behind them.
    mutating func find(
        _ prompt: [Int32], rotaryBase: Double, limit: Int
    ) -> (blocks: [UInt32], next: Place) {
        uses += 1
        var blocks: [UInt32] = []
        var serial = rotaryBase.bitPattern
        while blocks.count < limit {
            let key = Key(before: serial, tokens: Self.tokens(of: prompt, block: blocks.count))
            guard let entry = entries[key] else { break }
            entries[key]?.lastUse = uses
            blocks.append(entry.block)
            serial = entry.serial
        }
        return (blocks, Place(serial: serial, use: uses))
    }

    /// Makes a block of a prompt findable, unless another one is found in its place.
    ///
    /// - Returns: where the prompt goes on, and whether the block is now in the index.
    mutating func insert(
        _ block: UInt32, at index: Int, of prompt: [Int32], behind place: Place
    ) -> (next: Place, isNew: Bool) {
        let key = Key(before: place.serial, tokens: Self.tokens(of: prompt, block: index))
        if let entry = entries[key] {
            entries[key]?.lastUse = max(entry.lastUse, place.use)
            return (Place(serial: entry.serial, use: place.use), false)
        }
        serials += 1
        entries[key] = Entry(serial: serials, block: block, lastUse: place.use)
        return (Place(serial: serials, use: place.use), true)
    }

    /// How many of the blocks satisfy a condition.
    ///
    /// - Complexity: O(blocks in the index), as `remove` but for its sort.
    func count(where isFree: (UInt32) -> Bool) -> Int {
        entries.values.count { isFree($0.block) }
    }

    /// Forgets those least recently used of the blocks that satisfy a condition, which are returned;
    /// of one use the last first, as none is found without those before it.
    mutating func remove(_ count: Int, where isFree: (UInt32) -> Bool) -> [UInt32] {
        let oldest = entries.filter { isFree($0.value.block) }.sorted { one, other in
            let (one, other) = (one.value, other.value)
            return (one.lastUse, other.serial) < (other.lastUse, one.serial)
        }.prefix(count)
        for (key, _) in oldest { entries[key] = nil }
        return oldest.map(\.value.block)
    }

    private static func tokens(of prompt: [Int32], block: Int) -> [Int32] {
        let first = block * CacheBlock.positions
        return Array(prompt[first..<first + CacheBlock.positions])
    }
}
