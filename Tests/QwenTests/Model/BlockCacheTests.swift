import Kernels
import Testing

@testable import Qwen

/// Slots, tables and counts, traced by hand.
@Suite struct BlockCacheTests {
    private static let model = ModelConfiguration(
        name: "cached", architecture: .qwen2, hiddenSize: 64, layerCount: 2, headCount: 4,
        kvHeadCount: 2, headDimension: 16, intermediateSize: 96, vocabularySize: 100,
        maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)

    /// Three slots of up to 256 positions, on memory that outlives the test.
    private static func cache(blocks: Int) throws -> BlockCache {
        let shape = try BlockCache.Shape(
            model, element: .f32, slots: 3, capacity: 256, blockCount: blocks)
        let base = UnsafeMutableRawPointer.allocate(byteCount: shape.byteCount, alignment: 64)
        base.initializeMemory(as: UInt8.self, repeating: 0, count: shape.byteCount)
        return BlockCache(shape, base: base)
    }

    private static func table(_ cache: BlockCache, _ slot: Int, _ count: Int) -> [UInt32] {
        (0..<count).map { cache.view.table(slot: slot)[$0] }
    }

    @Test func aSequenceGrowsBlockByBlockAndGivesThemBack() throws {
        let cache = try Self.cache(blocks: 5)
        try cache.admit(slot: 1)
        try cache.reserve(slot: 1, upTo: 1)
        #expect(cache.freeBlocks == 4)
        try cache.reserve(slot: 1, upTo: 64)
        #expect(cache.freeBlocks == 4)
        try cache.reserve(slot: 1, upTo: 65)
        #expect(cache.freeBlocks == 3)
        cache.fill(slot: 1, upTo: 65)
        #expect(Self.table(cache, 1, 2) == [0, 1])
        try cache.truncate(slot: 1, to: 64)
        #expect(cache.freeBlocks == 4)
        #expect(try cache.length(slot: 1) == 64)
        try cache.release(slot: 1)
        #expect(cache.freeBlocks == 5)
        #expect(throws: QwenError.unknownSlot(1)) { try cache.length(slot: 1) }
    }

    @Test func whatIsAskedForWronglyIsRefusedAndNothingIsLost() throws {
        let cache = try Self.cache(blocks: 2)
        try cache.admit(slot: 0)
        #expect(throws: QwenError.slotInUse(0)) { try cache.admit(slot: 0) }
        #expect(throws: QwenError.unknownSlot(3)) { try cache.admit(slot: 3) }
        #expect(throws: QwenError.unknownSlot(-1)) { try cache.release(slot: -1) }
        try cache.reserve(slot: 0, upTo: 100)
        cache.fill(slot: 0, upTo: 100)
        #expect(throws: QwenError.cacheFull(positions: 129, blocks: 0)) {
            try cache.reserve(slot: 0, upTo: 129)
        }
        #expect(throws: QwenError.cacheFull(positions: 257, blocks: 4)) {
            try cache.reserve(slot: 0, upTo: 257)
        }
        #expect(throws: QwenError.positionsOutOfOrder(slot: 0, expected: 100, found: 101)) {
            try cache.truncate(slot: 0, to: 101)
        }
        #expect(try cache.length(slot: 0) == 100)
        #expect(cache.freeBlocks == 0)
    }

    @Test func aForkSharesBlocksUntilOneOfThemWrites() throws {
        let cache = try Self.cache(blocks: 6)
        try cache.admit(slot: 0)
        try cache.reserve(slot: 0, upTo: 130)
        cache.fill(slot: 0, upTo: 130)
        // A mark in each block of the second layer of the second head.
        let bytes = CacheBlock(.f32, depth: 16).byteCount
        let arena = cache.view.arena(kvHead: 1, layer: 1)
        for block in 0..<3 {
            (arena + block * bytes).storeBytes(of: UInt32(block + 70), as: UInt32.self)
        }
        try cache.fork(slot: 0, to: 2, positions: 100)
        #expect(try cache.length(slot: 2) == 100)
        #expect(Self.table(cache, 2, 2) == [0, 1])
        #expect(cache.freeBlocks == 3)
        // Slot 2 goes on in the second block, of which it gets a copy; the first stays shared.
        try cache.reserve(slot: 2, upTo: 101)
        #expect(Self.table(cache, 2, 2) == [0, 3])
        #expect(cache.freeBlocks == 2)
        #expect((arena + 3 * bytes).load(as: UInt32.self) == 71)
        // The first is the only one of two holders now: no copy for slot 0.
        try cache.truncate(slot: 0, to: 70)
        try cache.reserve(slot: 0, upTo: 71)
        #expect(Self.table(cache, 0, 2) == [0, 1])
        try cache.release(slot: 0)
        #expect(Self.table(cache, 2, 2) == [0, 3])
        #expect(cache.freeBlocks == 4)
        try cache.release(slot: 2)
        #expect(cache.freeBlocks == 6)
    }

    @Test func withoutABlockForTheCopyNothingIsWritten() throws {
        let cache = try Self.cache(blocks: 2)
        try cache.admit(slot: 0)
        try cache.reserve(slot: 0, upTo: 100)
        cache.fill(slot: 0, upTo: 100)
        try cache.fork(slot: 0, to: 1, positions: 100)
        #expect(throws: QwenError.cacheFull(positions: 101, blocks: 0)) {
            try cache.reserve(slot: 1, upTo: 101)
        }
        #expect(Self.table(cache, 1, 2) == [0, 1])
    }
}
