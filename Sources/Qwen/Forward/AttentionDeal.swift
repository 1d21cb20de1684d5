internal import Kernels

/// The attention of a step, cut into units of like cost and dealt out to those who share it.
///
/// The rows of a key/value head are the tokens of an entry times the query heads of its group, so
/// that keys and values are read once for a group. A tile is some of these rows against all blocks
/// that they see; where there are few tiles, it is dealt out by spans of blocks, whose states are
/// merged in ascending order by whoever ends last. No number depends on the deal.
///
/// Every sharer walks the same list and takes what falls into its share of the total cost: nothing
/// is stored. Costs are rows × blocks.
struct AttentionDeal {
    /// What one sharer does in one go.
    struct Unit {
        let entry: Int
        let kvHead: Int
        /// Of the entry: row = token · group + head in its group.
        let rows: Range<Int>
        let blocks: Range<Int>
        /// Set where the tile is not all in this unit.
        let split: Split?
    }

    /// A tile that several sharers have parts of.
    struct Split {
        /// Who has its first span, and with it the memory for the states of all.
        let first: Int
        let sharers: Int
        /// Blocks of the whole tile.
        let blockCount: Int
    }

    /// Tiles for each sharer from which on the largest is at most 1/20 of a share.
    private static let enoughTiles = 20
    /// Rows of a tile that may be split, unless a group has more.
    private static let splitRows = 16

    let entries: UnsafeMutableBufferPointer<StepEntry>
    let group: Int
    /// The key/value heads that are shared.
    let kvHeads: Range<Int>
    let sharers: Int
    private let height: Int
    private let splits: Bool
    private let total: Int

    init(
        _ entries: UnsafeMutableBufferPointer<StepEntry>, group: Int, kvHeads: Range<Int>,
        sharers: Int
    ) {
        self.entries = entries
        self.group = group
        self.kvHeads = kvHeads
        self.sharers = sharers
        var rows = 0
        for entry in entries { rows += entry.rowCount * group }
        let wanted = Self.enoughTiles * sharers
        let most = Attention.mostRows
        let even = rows * kvHeads.count / wanted
        height = sharers == 1 ? most : min(most, max(even / 6 * 6, min(most, max(6, group))))
        var tiles = 0
        for entry in entries {
            tiles += Self.tileCount(rows: entry.rowCount * group, height: height)
        }
        splits =
            sharers > 1 && tiles * kvHeads.count < wanted
            && height <= Self.mostSplitRows(group: group)
        var total = 0
        for entry in entries {
            Self.eachTile(of: entry, group: group, height: height) { rows, blocks in
                total += rows.count * blocks
            }
        }
        self.total = total * kvHeads.count
    }

    /// The most rows of a tile that is split.
    static func mostSplitRows(group: Int) -> Int { min(Attention.mostRows, max(splitRows, group)) }

    /// The units of one sharer, in order.
    @inline(__always)
    func forEach(sharer: Int, _ body: (Unit) -> Void) {
        var before = 0
        for kvHead in kvHeads {
            for (index, entry) in entries.enumerated() {
                Self.eachTile(of: entry, group: group, height: height) { rows, blocks in
                    let part = part(of: sharer, rows: rows.count, blocks: blocks, before: before)
                    before += rows.count * blocks
                    guard !part.blocks.isEmpty else { return }
                    let split =
                        part.sharers == 1
                        ? nil
                        : Split(first: part.first, sharers: part.sharers, blockCount: blocks)
                    body(
                        Unit(
                            entry: index, kvHead: kvHead, rows: rows, blocks: part.blocks,
                            split: split))
                }
            }
        }
    }

    /// The blocks of a tile that one sharer has, who has the first of all, and how many have some.
    private func part(
        of sharer: Int, rows: Int, blocks: Int, before: Int
    ) -> (blocks: Range<Int>, first: Int, sharers: Int) {
        let step = splits ? Attention.spanBlocks : blocks
        var own = 0..<0
        var first = 0
        var last = -1
        var count = 0
        for start in stride(from: 0, to: blocks, by: step) {
            let end = min(start + step, blocks)
            let owner = owner(from: before + rows * start, to: before + rows * end)
            if start == 0 { first = owner }
            if owner != last { count += 1 }
            last = owner
            if owner == sharer { own = (own.isEmpty ? start : own.lowerBound)..<end }
        }
        return (own, first, count)
    }

    /// Whose share of all costs the middle of a unit lies in.
    private func owner(from start: Int, to end: Int) -> Int {
        min(sharers - 1, (start + end) * sharers / (2 * total))
    }

    /// Calls `body` with the rows of every tile of an entry and the blocks that they see.
    @inline(__always)
    private static func eachTile(
        of entry: StepEntry, group: Int, height: Int, _ body: (Range<Int>, Int) -> Void
    ) {
        let rows = entry.rowCount * group
        let tiles = tileCount(rows: rows, height: height)
        for tile in 0..<tiles {
            let range = rows * tile / tiles..<rows * (tile + 1) / tiles
            body(range, blockCount(of: entry, upTo: range.upperBound, group: group))
        }
    }

    private static func tileCount(rows: Int, height: Int) -> Int { (rows + height - 1) / height }

    /// Blocks that the rows of an entry up to `end` see.
    private static func blockCount(of entry: StepEntry, upTo end: Int, group: Int) -> Int {
        let tokens = entry.isMasked ? entry.rowCount : (end - 1) / group + 1
        return (entry.firstPosition + tokens - 1) / CacheBlock.positions + 1
    }
}
