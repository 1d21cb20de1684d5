internal import Kernels
internal import Machine

/// Keys and values of every sequence so far, in blocks of 64 positions.
///
/// A sequence is a slot: a table of block numbers and a length. A block's number is the same in all
/// arenas, of which there is one for each key/value head and layer: (kvHead, layer, block). Blocks
/// are counted: sequences that begin alike share them, and who writes into one that is shared gets
/// a copy of its own first.
///
/// Not thread-safe: one thread admits, grows, forks and releases; workers read tables and write
/// positions only while that thread waits for them.
final class BlockCache {
    struct Shape: Sendable {
        let slots: Int
        /// Of each arena.
        let blockCount: Int
        /// The most of one slot.
        let slotBlocks: Int
        let kvHeads: Int
        let layers: Int
        let block: CacheBlock
        let byteCount: Int

        /// - Parameters:
        ///   - capacity: positions of a slot, at most.
        ///   - blockCount: of all slots together; enough for all to be full unless given.
        /// - Throws: `QwenError.tooLarge` when a size overflows.
        init(
            _ model: ModelConfiguration, element: Element, slots: Int, capacity: Int,
            blockCount: Int? = nil
        ) throws(QwenError) {
            self.slots = slots
            slotBlocks = CacheBlock.count(positions: capacity)
            kvHeads = model.kvHeadCount
            layers = model.layerCount
            block = CacheBlock(element, depth: model.headDimension)
            let (all, overflow) = slots.multipliedReportingOverflow(by: slotBlocks)
            let count = blockCount ?? all
            var arena = Arena()
            _ = arena.reserve(kvHeads, layers, count, block.byteCount)
            guard !overflow, count <= UInt32.max, let byteCount = arena.byteCount else {
                throw .tooLarge(model: model.name)
            }
            self.blockCount = count
            self.byteCount = byteCount
        }

        /// Bytes of the blocks of one number, in all arenas.
        var blockBytes: Int { kvHeads * layers * block.byteCount }
    }

    /// What the forward pass reads of it; trivial.
    struct View {
        let base: UnsafeMutableRawPointer
        let shape: Shape
        /// (slots, slotBlocks) block numbers.
        let tables: UnsafeMutablePointer<UInt32>

        @inline(__always)
        func arena(kvHead: Int, layer: Int) -> UnsafeMutableRawPointer {
            base + (kvHead * shape.layers + layer) * shape.blockCount * shape.block.byteCount
        }

        @inline(__always)
        func table(slot: Int) -> UnsafeMutablePointer<UInt32> { tables + slot * shape.slotBlocks }
    }

    let view: View
    private let shape: Shape
    /// Positions filled of each slot; nil for one that is free.
    private var lengths: [Int?]
    /// Blocks that each slot's table has.
    private var held: [Int]
    /// How many hold each block.
    private var references: [UInt32]
    private var free: [UInt32]
    private let tables: UnsafeMutableBufferPointer<UInt32>

    /// - Parameter base: `shape.byteCount` bytes.
    init(_ shape: Shape, base: UnsafeMutableRawPointer) {
        self.shape = shape
        lengths = Array(repeating: nil, count: shape.slots)
        held = Array(repeating: 0, count: shape.slots)
        references = Array(repeating: 0, count: shape.blockCount)
        // The lowest number is taken first.
        free = (0..<UInt32(shape.blockCount)).reversed()
        let first = UnsafeMutablePointer<UInt32>.allocate(capacity: shape.slots * shape.slotBlocks)
        first.initialize(repeating: 0, count: shape.slots * shape.slotBlocks)
        tables = UnsafeMutableBufferPointer(start: first, count: shape.slots * shape.slotBlocks)
        view = View(base: base, shape: shape, tables: first)
    }

    deinit {
        tables.deallocate()
    }

    /// Blocks that no slot holds.
    var freeBlocks: Int { free.count }

    /// Positions filled of a slot.
    ///
    /// - Throws: `QwenError.unknownSlot` for one that was not admitted.
    func length(slot: Int) throws(QwenError) -> Int {
        guard shape.slots > slot, slot >= 0, let length = lengths[slot] else {
            throw .unknownSlot(slot)
        }
        return length
    }

    /// Begins a sequence of no positions in a slot that is free.
    ///
    /// - Throws: `QwenError.unknownSlot` for one that there is not, `.slotInUse`.
    func admit(slot: Int) throws(QwenError) {
        guard 0..<shape.slots ~= slot else { throw .unknownSlot(slot) }
        guard lengths[slot] == nil else { throw .slotInUse(slot) }
        lengths[slot] = 0
    }

    /// Begins a sequence in a free slot with positions that whole blocks hold already.
    ///
    /// - Parameter blocks: each held by a slot or by `hold`.
    /// - Throws: `QwenError.unknownSlot`, `.slotInUse`.
    func admit(slot: Int, beginning blocks: [UInt32]) throws(QwenError) {
        try admit(slot: slot)
        for (index, block) in blocks.enumerated() {
            view.table(slot: slot)[index] = block
            hold(block)
        }
        held[slot] = blocks.count
        lengths[slot] = blocks.count * CacheBlock.positions
    }

    /// Gives all blocks of a slot back.
    ///
    /// - Throws: `QwenError.unknownSlot`.
    func release(slot: Int) throws(QwenError) {
        try truncate(slot: slot, to: 0)
        lengths[slot] = nil
    }

    /// Forgets the positions from `length` on, and gives back the blocks that are not needed.
    ///
    /// - Throws: `QwenError.unknownSlot`, `.positionsOutOfOrder` where the slot has fewer.
    func truncate(slot: Int, to length: Int) throws(QwenError) {
        let filled = try self.length(slot: slot)
        guard 0...filled ~= length else {
            throw .positionsOutOfOrder(slot: slot, expected: filled, found: length)
        }
        let kept = CacheBlock.count(positions: length)
        while held[slot] > kept { dropLastBlock(of: slot) }
        lengths[slot] = length
    }

    /// Begins a sequence in a free slot with the first positions of another: they share whole
    /// blocks, and a last one that is not whole is copied when one of them writes to it.
    ///
    /// - Throws: `QwenError.unknownSlot`, `.slotInUse`, `.positionsOutOfOrder`.
    func fork(slot: Int, to other: Int, positions: Int) throws(QwenError) {
        let filled = try length(slot: slot)
        guard 0...filled ~= positions else {
            throw .positionsOutOfOrder(slot: slot, expected: filled, found: positions)
        }
        try admit(slot: other)
        let source = view.table(slot: slot)
        let target = view.table(slot: other)
        for index in 0..<CacheBlock.count(positions: positions) {
            target[index] = source[index]
            hold(source[index])
            held[other] += 1
        }
        lengths[other] = positions
    }

    /// Makes room for positions up to `length`, and blocks of its own where the slot will write.
    ///
    /// - Throws: `QwenError.unknownSlot`, `.cacheFull`; what the slot had it has still.
    func reserve(slot: Int, upTo length: Int) throws(QwenError) {
        let filled = try self.length(slot: slot)
        let wanted = CacheBlock.count(positions: length)
        guard wanted <= shape.slotBlocks else {
            throw .cacheFull(positions: length, blocks: shape.slotBlocks)
        }
        let first = filled / CacheBlock.positions
        let isShared =
            length > filled && first < held[slot]
            && references[Int(view.table(slot: slot)[first])] > 1
        guard free.count >= max(0, wanted - held[slot]) + (isShared ? 1 : 0) else {
            throw .cacheFull(positions: length, blocks: free.count)
        }
        if isShared { copyBlock(first, of: slot) }
        while held[slot] < wanted {
            view.table(slot: slot)[held[slot]] = takeBlock()
            held[slot] += 1
        }
    }

    /// Tells that the positions up to `length` have been filled.
    func fill(slot: Int, upTo length: Int) {
        lengths[slot] = length
    }

    /// The block that holds a slot's positions from 64 · `index` on.
    func block(slot: Int, index: Int) -> UInt32 { view.table(slot: slot)[index] }

    /// How many hold a block: slots, and whoever called `hold`.
    func holders(of block: UInt32) -> Int { Int(references[Int(block)]) }

    /// Keeps a block that somebody holds, whatever becomes of its slots.
    func hold(_ block: UInt32) { references[Int(block)] += 1 }

    /// Takes a `hold` back; the block is free when nobody else holds it.
    func drop(_ block: UInt32) {
        references[Int(block)] -= 1
        if references[Int(block)] == 0 { free.append(block) }
    }

    private func takeBlock() -> UInt32 {
        let block = free.removeLast()
        references[Int(block)] = 1
        return block
    }

    private func dropLastBlock(of slot: Int) {
        held[slot] -= 1
        drop(view.table(slot: slot)[held[slot]])
    }

    /// Gives a slot a copy of its own of a block that it shares.
    private func copyBlock(_ index: Int, of slot: Int) {
        let source = view.table(slot: slot)[index]
        let target = takeBlock()
        let bytes = shape.block.byteCount
        for kvHead in 0..<shape.kvHeads {
            for layer in 0..<shape.layers {
                let arena = view.arena(kvHead: kvHead, layer: layer)
                (arena + Int(target) * bytes).copyMemory(
                    from: arena + Int(source) * bytes, byteCount: bytes)
            }
        }
        references[Int(source)] -= 1
        view.table(slot: slot)[index] = target
    }
}
