import Kernels
import Testing

@testable import Qwen

/// Slots over a cache that is sized in blocks, and beginnings of prompts that it has already.
@Suite struct SlotCoreTests {
    private static let configuration = ModelConfiguration(
        name: "slotted", architecture: .qwen2, hiddenSize: 96, layerCount: 2, headCount: 6,
        kvHeadCount: 2, headDimension: 16, intermediateSize: 160, vocabularySize: 300,
        maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)

    private static func core(
        _ precision: Precision = .f32, slots: Int = 4, blocks: Int = 20, keepsPrefixes: Bool = true,
        configuration: ModelConfiguration = configuration
    ) throws -> SlotCore {
        try SlotCore(
            model: Generation(
                configuration, source: RandomTensorSource(configuration, seed: 3),
                precision: precision, threads: 2
            ).model, slots: slots, capacity: 500, blocks: blocks, keepsPrefixes: keepsPrefixes,
            availableBytes: nil)
    }

    private static func tokens(_ count: Int, seed: Int = 0) -> [Int32] {
        (0..<count).map { Int32(($0 * $0 + 11 * $0 + 37 * seed) % 300) }
    }

    /// Admits a prompt and reads it in pieces; what the cache had and the logits of its last token.
    private static func read(
        _ core: SlotCore, _ slot: Int, _ prompt: [Int32], limit: Int = 20, sequences: Int = 1,
        piece: Int = 512, findsPrefix: Bool = true
    ) throws -> (cached: Int, logits: [Float]) {
        let cached = try #require(
            core.admit(
                slot: slot, prompt: prompt, positions: prompt.count + limit, sequences: sequences,
                findsPrefix: findsPrefix))
        var done = cached
        while done < prompt.count {
            let count = min(piece, prompt.count - done)
            done += count
            core.addPrompt(
                slot: slot, count: count, wanted: done == prompt.count ? count - 1..<count : 0..<0)
            core.run()
        }
        return (cached, Array(core.logits(0)))
    }

    private static func decode(_ core: SlotCore, _ slot: Int, _ tokens: [Int32]) -> [[Float]] {
        tokens.map { token in
            core.addToken(slot: slot, token)
            core.run()
            return Array(core.logits(0))
        }
    }

    @Test(arguments: Precision.allCases)
    func aHitChangesNoBit(_ precision: Precision) throws {
        let plain = try Self.core(precision, keepsPrefixes: false)
        let core = try Self.core(precision)
        let shared = Self.tokens(150)
        let prompts: [[Int32]] = [
            shared, shared + [5], shared.prefix(128) + Self.tokens(60, seed: 4), shared,
        ]
        for (slot, prompt) in prompts.enumerated() {
            let expected = try Self.read(plain, 0, prompt)
            #expect(expected.cached == 0)
            let found = try Self.read(core, slot, prompt, piece: 50)
            #expect(found.cached == (slot == 0 ? 0 : 128))
            #expect(found.logits == expected.logits)
            #expect(
                Self.decode(core, slot, Self.tokens(5, seed: 9))
                    == Self.decode(plain, 0, Self.tokens(5, seed: 9)))
            plain.release(slot: 0)
        }
    }

    /// int4 widens given rows and not chosen ones: an answer's blocks are not a prompt's.
    @Test func blocksWithChosenTokensAreNotFound() throws {
        let core = try Self.core(.int4)
        let prompt = Self.tokens(60)
        let answer = Self.tokens(70, seed: 3)
        _ = try Self.read(core, 0, prompt, limit: 80)
        _ = Self.decode(core, 0, answer)
        core.release(slot: 0)
        #expect(try Self.read(core, 1, prompt + answer).cached == 0)
    }

    @Test func theLastTokenOfAPromptIsReadInAnyCase() throws {
        let core = try Self.core()
        for length in [128, 129] {
            _ = try Self.read(core, 0, Self.tokens(128))
            core.release(slot: 0)
            let found = try Self.read(core, 1, Self.tokens(128) + Self.tokens(length - 128))
            #expect(found.cached == (length == 128 ? 64 : 128))
            core.release(slot: 1)
        }
        #expect(try Self.read(core, 0, Self.tokens(129), findsPrefix: false).cached == 0)
    }

    /// Dynamic NTK rotates a long prompt otherwise.
    @Test func promptsThatAreRotatedOtherwiseShareNothing() throws {
        let configuration = ModelConfiguration(
            name: "stretched", architecture: .qwen, hiddenSize: 96, layerCount: 2, headCount: 6,
            kvHeadCount: 6, headDimension: 16, intermediateSize: 160, vocabularySize: 300,
            maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false,
            trainedLength: 100, usesDynamicNTK: true)
        let core = try Self.core(configuration: configuration)
        let plain = try Self.core(keepsPrefixes: false, configuration: configuration)
        _ = try Self.read(core, 0, Self.tokens(90))
        #expect(try Self.read(core, 1, Self.tokens(150)).cached == 0)
        let found = try Self.read(core, 2, Self.tokens(160))
        #expect(found.cached == 128)
        #expect(try found.logits == Self.read(plain, 0, Self.tokens(160)).logits)
    }

    /// Ten blocks: those of beginnings that nobody has are given up for who needs them, the oldest
    /// first, and never those that a slot has.
    @Test func beginningsGiveWay() throws {
        let core = try Self.core(blocks: 10)
        let (first, second) = (Self.tokens(130, seed: 1), Self.tokens(130, seed: 2))
        _ = try Self.read(core, 0, first, limit: 62)
        #expect(core.freeBlocks == 7)
        core.release(slot: 0)
        #expect(core.freeBlocks == 10, "what could be given up is free")
        _ = try Self.read(core, 0, second, limit: 62)
        core.release(slot: 0)
        // Both are there; seven blocks of a third leave the younger beginning and one of the other.
        _ = try Self.read(core, 0, Self.tokens(400, seed: 3), limit: 40)
        #expect(core.freeBlocks == 3)
        #expect(try Self.read(core, 1, second, limit: 62).cached == 128)
        #expect(core.freeBlocks == 0)
        #expect(
            core.admit(
                slot: 2, prompt: first, positions: 131, sequences: 1, findsPrefix: true) == nil)
        core.release(slot: 1)
        // The third's own blocks are not given up.
        #expect(
            core.admit(
                slot: 2, prompt: first, positions: 193, sequences: 1, findsPrefix: true) == nil)
        #expect(try Self.read(core, 1, first, limit: 62).cached == 0)
        core.release(slot: 0)
        core.release(slot: 1)
        #expect(core.freeBlocks == 10)
    }

    @Test func whatWaitsForRoomChangesNothing() throws {
        let core = try Self.core(blocks: 4)
        _ = try Self.read(core, 0, Self.tokens(100), limit: 28)
        #expect(core.freeBlocks == 2)
        #expect(
            core.admit(
                slot: 1, prompt: Self.tokens(100), positions: 256, sequences: 1, findsPrefix: true)
                == nil)
        #expect(core.freeBlocks == 2)
        // One of its three blocks is there already.
        #expect(
            core.admit(
                slot: 1, prompt: Self.tokens(100), positions: 192, sequences: 1, findsPrefix: true)
                == 64)
        #expect(core.freeBlocks == 0)
    }

    /// 100 + 60 positions are three blocks; each fork shares one whole block and needs two.
    @Test(arguments: [false, true])
    func forksHaveWhatTheyWerePromisedAndGoOnAsAlone(keepsPrefixes: Bool) throws {
        let core = try Self.core(blocks: 9, keepsPrefixes: keepsPrefixes)
        let prompt = Self.tokens(100)
        let first = try Self.read(core, 0, prompt, limit: 60, sequences: 3)
        #expect(core.freeBlocks == 9 - 3 - 2 * 2)
        #expect(
            core.admit(
                slot: 3, prompt: Self.tokens(9, seed: 5), positions: 129, sequences: 1,
                findsPrefix: true) == nil)
        core.fork(slot: 0, to: 1)
        core.fork(slot: 0, to: 2)
        #expect(core.freeBlocks == 2)
        core.release(slot: 0)
        #expect(core.freeBlocks == 4)
        let continuations = (1...2).map { Self.tokens(40, seed: $0) }
        let together = (0..<40).map { step in
            for slot in 1...2 { core.addToken(slot: slot, continuations[slot - 1][step]) }
            core.run()
            return [Array(core.logits(0)), Array(core.logits(1))]
        }
        core.release(slot: 1)
        core.release(slot: 2)
        #expect(core.freeBlocks == 9)
        for slot in 0..<2 {
            let alone = try Self.read(core, 0, prompt, limit: 60)
            #expect(alone.logits == first.logits)
            #expect(Self.decode(core, 0, continuations[slot]) == together.map { $0[slot] })
            core.release(slot: 0)
        }
    }

    @Test func promisesEndWithTheSequence() throws {
        let core = try Self.core(blocks: 9, keepsPrefixes: false)
        _ = try Self.read(core, 0, Self.tokens(100), limit: 60, sequences: 3)
        core.fork(slot: 0, to: 1)
        core.release(slot: 0)
        core.release(slot: 1)
        #expect(core.freeBlocks == 9)
    }

    @Test func blocksAreAsManyAsMemoryHasRoomFor() throws {
        let model = try Self.core().model
        let one = try SlotCore.mostBlocks(model, slots: 4, capacity: 500, availableBytes: 1 << 40)
        #expect(one == 4 * 8, "all sequences full")
        let core = try SlotCore(
            model: model, slots: 4, capacity: 500, blocks: 5, availableBytes: nil)
        let bytes = core.kvCacheBytes + core.scratchBytes
        let five = try SlotCore.mostBlocks(model, slots: 4, capacity: 500, availableBytes: bytes)
        #expect(five == 5)
        #expect(throws: QwenError.self) {
            try SlotCore.mostBlocks(model, slots: 4, capacity: 500, availableBytes: 1000)
        }
        #expect(throws: QwenError.self) {
            try SlotCore(
                model: model, slots: 4, capacity: 500, blocks: 5, availableBytes: bytes - 1)
        }
        #expect(throws: QwenError.contextTooLong(positions: 1025, maximum: 1024, model: "slotted"))
        {
            try SlotCore(model: model, slots: 1, capacity: 1025, blocks: 5, availableBytes: nil)
        }
    }
}
