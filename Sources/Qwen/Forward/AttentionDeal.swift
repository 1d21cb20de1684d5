internal import Kernels

/// The attention of a step, dealt out evenly to those who share it.
///
/// The rows of a key/value head are the tokens of an entry times the query heads of its group, so
/// that keys and values are read once for a group. A tile is some of these rows against all blocks
/// that they see. Tiles follow one another, and everyone takes what lies in his share of the total
/// cost, rows × blocks. A tile that two have parts of is cut between rows; one of few rows, which
/// would read its keys and values twice, between spans of blocks, whose states are merged in
/// ascending order by whoever ends last. No number depends on the deal, and nothing is stored:
/// every sharer walks the same list.
struct AttentionDeal {
    /// What one sharer does in one go.
    struct Unit {
        let entry: Int
        let kvHead: Int
        /// Of the entry: row = token · group + head in its group.
        let rows: Range<Int>
        let blocks: Range<Int>
        /// Set where others have spans of the same tile.
        let split: Split?
    }

    /// A tile that several sharers have spans of.
    struct Split {
        /// Who has its first span, and with it the memory for the states of all.
        let first: Int
        let sharers: Int
        /// Blocks of the whole tile.
        let blockCount: Int
    }

    /// Rows up to which a tile is cut between spans, unless a group has more.
    private static let splitRows = 16

    let entries: UnsafeMutableBufferPointer<StepEntry>
    let group: Int
    /// The key/value heads that are shared.
    let kvHeads: Range<Int>
    let sharers: Int
    private let total: Int

    init(
        _ entries: UnsafeMutableBufferPointer<StepEntry>, group: Int, kvHeads: Range<Int>,
        sharers: Int
    ) {
        self.entries = entries
        self.group = group
        self.kvHeads = kvHeads
        self.sharers = sharers
        var total = 0
        for entry in entries {
            Self.eachTile(of: entry, group: group) { rows, blocks in
                total += rows.count * blocks
            }
        }
        self.total = total * kvHeads.count
    }

    /// The most rows of a tile that is cut between spans.
    static func mostSplitRows(group: Int) -> Int { min(Attention.mostRows, max(splitRows, group)) }

    /// The units of one sharer, in order.
    @inline(__always)
    func forEach(sharer: Int, _ body: (Unit) -> Void) {
        var before = 0
        for kvHead in kvHeads {
            for (index, entry) in entries.enumerated() {
                Self.eachTile(of: entry, group: group) { rows, blocks in
                    let start = before
                    before += rows.count * blocks
                    let unit = self.unit(
                        of: sharer, entry: index, kvHead: kvHead, rows: rows, blocks: blocks,
                        before: start)
                    if let unit { body(unit) }
                }
            }
        }
    }

    /// What one sharer has of a tile; nil for nothing.
    private func unit(
        of sharer: Int, entry: Int, kvHead: Int, rows: Range<Int>, blocks: Int, before: Int
    ) -> Unit? {
        let whole = Unit(
            entry: entry, kvHead: kvHead, rows: rows, blocks: 0..<blocks, split: nil)
        if sharers == 1 { return whole }
        let isCutBetweenSpans =
            rows.count <= Self.mostSplitRows(group: group) && blocks > Attention.spanBlocks
        let (cost, count, step) =
            isCutBetweenSpans
            ? (rows.count, blocks, Attention.spanBlocks) : (blocks, rows.count, 1)
        let first = owner(from: before, to: before + cost * min(step, count))
        let final = owner(
            from: before + cost * ((count - 1) / step * step), to: before + cost * count)
        // Shares follow one another: most tiles are in one of them.
        if first == final { return first == sharer ? whole : nil }
        guard first...final ~= sharer else { return nil }
        var own = 0..<0
        var last = -1
        var owners = 0
        for start in stride(from: 0, to: count, by: step) {
            let end = min(start + step, count)
            let owner = owner(from: before + cost * start, to: before + cost * end)
            if owner != last { owners += 1 }
            last = owner
            if owner == sharer { own = (own.isEmpty ? start : own.lowerBound)..<end }
        }
        guard !own.isEmpty else { return nil }
        guard isCutBetweenSpans else {
            return Unit(
                entry: entry, kvHead: kvHead,
                rows: rows.lowerBound + own.lowerBound..<rows.lowerBound + own.upperBound,
                blocks: 0..<blocks, split: nil)
        }
        return Unit(
            entry: entry, kvHead: kvHead, rows: rows, blocks: own,
            split: Split(first: first, sharers: owners, blockCount: blocks))
    }

    /// Whose share of all costs the middle of a part lies in.
    private func owner(from start: Int, to end: Int) -> Int {
        min(sharers - 1, (start + end) * sharers / (2 * total))
    }

    /// Calls `body` with the rows of every tile of an entry and the blocks that they see.
    @inline(__always)
    private static func eachTile(
        of entry: StepEntry, group: Int, _ body: (Range<Int>, Int) -> Void
    ) {
        let rows = entry.rowCount * group
        let tiles = (rows + Attention.mostRows - 1) / Attention.mostRows
        for tile in 0..<tiles {
            let range = rows * tile / tiles..<rows * (tile + 1) / tiles
            body(range, blockCount(of: entry, upTo: range.upperBound, group: group))
        }
    }

    /// Blocks that the rows of an entry up to `end` see.
    private static func blockCount(of entry: StepEntry, upTo end: Int, group: Int) -> Int {
        let tokens = entry.isMasked ? entry.rowCount : (end - 1) / group + 1
        return CacheBlock.count(positions: entry.firstPosition + tokens)
    }
}
