internal import CKernels

/// What attention knows of rows after some blocks: a view of three arrays.
public struct AttentionState {
    /// (rows) the largest log₂ e · scale · score; −infinity before the first.
    public let largest: UnsafeMutablePointer<Float>
    /// (rows) the sum of the weights, which are relative to the largest score.
    public let sums: UnsafeMutablePointer<Float>
    /// (rows, `resultWidth`) the sum of the weighted values.
    public let results: UnsafeMutablePointer<Float>
    /// Numbers of a head in whole panels.
    public let resultWidth: Int

    /// A state of up to so many rows in memory of `byteCount` bytes.
    public init(at base: UnsafeMutableRawPointer, rows: Int, resultWidth: Int) {
        let floats = base.assumingMemoryBound(to: Float.self)
        largest = floats
        sums = floats + rows
        results = floats + 2 * rows
        self.resultWidth = resultWidth
    }

    /// Bytes of a state of so many rows.
    public static func byteCount(rows: Int, resultWidth: Int) -> Int {
        rows * (2 + resultWidth) * MemoryLayout<Float>.size
    }

    @inline(__always)
    var arguments: ck_attention_state {
        ck_attention_state(
            largest: largest, sums: sums, results: results, result_width: resultWidth)
    }
}

/// Rows of queries of one key/value head against blocks of one sequence in the cache.
public struct Attention {
    /// The most rows that are taken at a time.
    public static let mostRows = Int(CK_ATTENTION_ROWS)
    /// Blocks that are summed in one go, from the empty state; the states of such spans are merged
    /// in ascending order, whoever computed them.
    public static let spanBlocks = Int(CK_SPAN_BLOCKS)

    var arguments: ck_attention

    /// - Parameters:
    ///   - queries: (rows) rows of `depth` numbers as they meet keys, `queryStride` bytes apart.
    ///   - arena: blocks of one key/value head, `blockStride` bytes apart, each laid out as
    ///     `CacheBlock` says.
    ///   - blocks: which of them are the sequence's, in order.
    ///   - range: those of `blocks` to attend to; it begins at a multiple of `spanBlocks`.
    ///   - visible: (rows): how many positions each row sees.
    ///   - own: (rows): of the positions from `ownFirst` on, only those whose bits are set; nil: all.
    ///   - scale: what scores are multiplied by, above 0.
    ///   - scratch: `scratchByteCount(depth:)` bytes that only this call uses.
    public init(
        queries: UnsafeRawPointer, queryStride: Int, rows: Int, depth: Int,
        arena: UnsafeRawPointer, blockStride: Int, blocks: UnsafePointer<UInt32>,
        range: Range<Int>, visible: UnsafePointer<UInt32>, own: UnsafePointer<UInt64>?,
        ownFirst: Int, scale: Float, state: AttentionState, scratch: UnsafeMutableRawPointer
    ) {
        arguments = ck_attention(
            queries: queries, query_bytes: queryStride, rows: rows, depth: depth, arena: arena,
            block_bytes: blockStride, blocks: blocks, first_block: range.lowerBound,
            end_block: range.upperBound, visible: visible, own: own, own_first: ownFirst,
            scale: scale, state: state.arguments, scratch: scratch)
    }

    /// Bytes of scratch for heads of `depth` numbers.
    public static func scratchByteCount(depth: Int) -> Int { ck_attention_scratch_bytes(depth) }
}

/// 64 positions of one key/value head: 4 panels of keys whose channels are positions, steps of
/// values whose depth is positions, and for int8 the scales of the values.
public struct CacheBlock: Sendable {
    /// Positions of a block.
    public static let positions = Int(CK_CACHE_BLOCK)

    /// Blocks that so many positions fill, the last one perhaps in part.
    public static func count(positions: Int) -> Int {
        (positions + Self.positions - 1) / Self.positions
    }

    /// What keys and values are packed as.
    public let element: Element
    /// Numbers of a head.
    public let depth: Int
    /// Bytes of a block.
    public let byteCount: Int
    private let keyPanelByteCount: Int
    private let valueOffset: Int
    private let valueStepByteCount: Int
    private let scaleOffset: Int

    /// The layout of blocks whose heads have `depth` numbers.
    public init(_ element: Element, depth: Int) {
        self.element = element
        self.depth = depth
        byteCount = ck_block_bytes(element.code, depth)
        keyPanelByteCount = ck_panel_bytes(element.code, depth)
        valueOffset = ck_block_values(element.code, depth)
        valueStepByteCount = PackedPanels.count(channels: depth) * PackedPanels.stepByteCount
        scaleOffset = ck_block_scales(element.code, depth)
    }

    /// Writes the key and the value of one position of a block: `depth` f32 each.
    ///
    /// - Parameter isLast: whether no later position has been written or is being written by
    ///   others.
    @inline(__always)
    public func store(
        key: UnsafePointer<Float>, value: UnsafePointer<Float>, position: Int, isLast: Bool,
        in block: UnsafeMutableRawPointer
    ) {
        let panel = position / PackedPanels.channels
        ck_store_key(
            element.code, key, depth, block + panel * keyPanelByteCount,
            position % PackedPanels.channels)
        let scale = ck_store_value(
            element.code, value, depth, block + valueOffset, valueStepByteCount, position, isLast)
        if element.isInteger {
            (block + scaleOffset).assumingMemoryBound(to: Float.self)[position] = scale
        }
    }
}
