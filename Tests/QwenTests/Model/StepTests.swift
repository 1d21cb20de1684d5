import Kernels
import Testing

@testable import Qwen

/// Steps of any mixture, against each sequence alone.
@Suite struct StepTests {
    private static let configuration = ModelConfiguration(
        name: "stepped", architecture: .qwen2, hiddenSize: 96, layerCount: 2, headCount: 6,
        kvHeadCount: 2, headDimension: 16, intermediateSize: 160, vocabularySize: 300,
        maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)

    private static func core(
        _ precision: Precision, cache: CachePrecision? = nil, threads: Int = 2, slots: Int = 8
    ) throws -> InferenceCore {
        let model = try Generation(
            configuration, source: RandomTensorSource(configuration, seed: 3),
            precision: precision, cache: cache, threads: threads
        ).model
        let plan = try SessionPlan(
            configuration, precision: precision, cache: model.cachePrecision, batch: slots,
            capacity: 200, wanted: 16, workers: threads)
        return try InferenceCore(model: model, plan: plan, slots: slots, capacity: 200)
    }

    private static func tokens(_ count: Int, seed: Int) -> [Int32] {
        (0..<count).map { Int32(($0 * $0 + 11 * $0 + 37 * seed) % 300) }
    }

    @discardableResult
    private static func add(
        _ core: InferenceCore, _ slot: Int, _ tokens: [Int32], wanted: Range<Int>? = nil,
        isGiven: Bool, positions: [Int32]? = nil, own: [UInt64]? = nil
    ) throws -> Int {
        try tokens.withUnsafeBufferPointer {
            try core.add(
                slot: slot, tokens: $0, wanted: wanted ?? tokens.count - 1..<tokens.count,
                isGiven: isGiven, positions: positions, own: own)
        }
    }

    private static func logits(_ core: InferenceCore, _ index: Int) -> [Float] {
        Array(core.logits(index))
    }

    /// The logits after a prompt and some tokens that were chosen, alone.
    private static func alone(
        _ core: InferenceCore, _ prompt: [Int32], then chosen: [Int32] = []
    ) throws -> [[Float]] {
        try core.admit(slot: 0, promptLength: prompt.count)
        try add(core, 0, prompt, isGiven: true)
        core.run()
        var all = [logits(core, 0)]
        for token in chosen {
            try add(core, 0, [token], isGiven: false)
            core.run()
            all.append(logits(core, 0))
        }
        try core.cache.release(slot: 0)
        return all
    }

    /// Two prompts of different length, three sequences that decode, one that verifies a draft of
    /// four: each gets the logits that it gets alone, bit by bit.
    @Test(arguments: Precision.allCases, [CachePrecision.bf16, .int8])
    func aMixedStepGivesEachSequenceWhatItGetsAlone(
        _ precision: Precision, _ cache: CachePrecision
    ) throws {
        let core = try Self.core(precision, cache: cache)
        let prompts = (0..<6).map { Self.tokens([70, 9, 33, 64, 100, 20][$0], seed: $0) }
        let chosen = (0..<6).map { Self.tokens(5, seed: $0 + 50) }
        let singly = try (0..<6).map {
            try Self.alone(core, prompts[$0], then: $0 < 2 ? [] : chosen[$0])
        }

        for slot in 2..<6 {
            try core.admit(slot: slot, promptLength: prompts[slot].count)
            try Self.add(core, slot, prompts[slot], isGiven: true)
            core.run()
            #expect(Self.logits(core, 0) == singly[slot][0])
        }
        var found: [Int] = []
        for slot in 0..<2 {
            try core.admit(slot: slot, promptLength: prompts[slot].count)
            found.append(try Self.add(core, slot, prompts[slot], isGiven: true))
        }
        for slot in 2..<5 {
            found.append(try Self.add(core, slot, [chosen[slot][0]], isGiven: false))
        }
        found.append(
            try Self.add(core, 5, Array(chosen[5][..<4]), wanted: 0..<4, isGiven: false))
        #expect(found == [0, 1, 2, 3, 4, 5])
        core.run()
        for slot in 0..<5 {
            #expect(
                Self.logits(core, slot) == singly[slot][slot < 2 ? 0 : 1], "slot \(slot)")
        }
        for token in 0..<4 {
            #expect(Self.logits(core, 5 + token) == singly[5][token + 1], "draft \(token)")
        }
        // Two of the draft are refused: the sequence goes on behind the others.
        try core.cache.truncate(slot: 5, to: prompts[5].count + 2)
        try Self.add(core, 5, [chosen[5][2]], isGiven: false)
        core.run()
        #expect(Self.logits(core, 0) == singly[5][3])
    }

    /// A prompt in pieces, whatever else is in the steps, and a fork of its beginning.
    @Test(arguments: Precision.allCases)
    func piecesAndForksGiveTheLogitsOfTheWhole(_ precision: Precision) throws {
        let core = try Self.core(precision)
        let prompt = Self.tokens(120, seed: 1)
        let whole = try Self.alone(core, prompt)[0]
        try core.admit(slot: 1, promptLength: 120)
        try core.admit(slot: 2, promptLength: 40)
        try Self.add(core, 1, Array(prompt[..<50]), wanted: 0..<0, isGiven: true)
        try Self.add(core, 2, Self.tokens(40, seed: 9), isGiven: true)
        core.run()
        try core.fork(slot: 1, to: 3, positions: 50)
        for slot in [1, 3] {
            try Self.add(core, slot, Array(prompt[50...]), isGiven: true)
        }
        core.run()
        #expect(Self.logits(core, 0) == whole)
        #expect(Self.logits(core, 1) == whole)
    }

    /// Two guesses side by side in one sequence, each seeing the prompt and itself, rotated as if it
    /// were alone.
    @Test func aMaskLetsGuessesShareAPlace() throws {
        let core = try Self.core(.f32)
        let prompt = Self.tokens(61, seed: 4)
        let guesses: [[Int32]] = [[7, 8], [9, 10]]
        let alone = try guesses.map { try Self.alone(core, prompt, then: $0) }
        try core.admit(slot: 0, promptLength: prompt.count)
        try Self.add(core, 0, prompt, isGiven: true)
        core.run()
        try Self.add(
            core, 0, [7, 9, 8, 10], wanted: 0..<4, isGiven: false, positions: [61, 61, 62, 62],
            own: [0b0001, 0b0010, 0b0101, 0b1010])
        core.run()
        for guess in 0..<2 {
            for token in 0..<2 {
                let found = Self.logits(core, token * 2 + guess)
                let wanted = alone[guess][token + 1]
                let largest = wanted.map(abs).max() ?? 0
                #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-4 * largest })
            }
        }
    }

    /// As many workers as nobody has here, and as many as do not fit the heads.
    @Test(arguments: Precision.allCases)
    func sixteenWorkersGiveTheSameBits(_ precision: Precision) throws {
        let prompt = Self.tokens(150, seed: 2)
        let results = try [1, 3, 16].map { threads in
            let core = try Self.core(precision, threads: threads)
            return try Self.alone(core, prompt, then: Self.tokens(3, seed: 8))
        }
        #expect(results[1] == results[0])
        #expect(results[2] == results[0])
    }

    @Test func whatDoesNotFitIsRefusedByName() throws {
        let core = try Self.core(.f32, slots: 2)
        #expect(throws: QwenError.unknownSlot(0)) {
            try Self.add(core, 0, [1], isGiven: false)
        }
        try core.admit(slot: 0, promptLength: 10)
        #expect(throws: QwenError.tokenWithoutRow(300, rows: 300)) {
            try Self.add(core, 0, [300], isGiven: false)
        }
        #expect(throws: QwenError.cacheFull(positions: 257, blocks: 4)) {
            try Self.add(core, 0, Array(repeating: 1, count: 257), isGiven: true)
        }
        #expect(throws: QwenError.slotInUse(0)) { try core.admit(slot: 0, promptLength: 10) }
        try Self.add(core, 0, [1, 2], isGiven: true)
        #expect(throws: QwenError.slotInStep(0)) {
            try Self.add(core, 0, [3], isGiven: false)
        }
        core.run()
        #expect(try core.cache.length(slot: 0) == 2)
    }

    /// What is refused leaves the step as it was: the rest of it gets its logits.
    @Test func aStepRefusesGivenTokensAfterChosenOnesAndMasksWiderThanTheirBits() throws {
        let core = try Self.core(.f32, slots: 2)
        let prompt = Self.tokens(20, seed: 5)
        let alone = try Self.alone(core, prompt, then: [7])[1]
        try core.admit(slot: 0, promptLength: 20)
        try Self.add(core, 0, prompt, isGiven: true)
        core.run()
        try core.admit(slot: 1, promptLength: 65)
        #expect(throws: QwenError.maskTooWide(rows: 65)) {
            try Self.add(
                core, 1, Array(repeating: 1, count: 65), isGiven: false,
                own: Array(repeating: 1, count: 65))
        }
        try Self.add(core, 0, [7], isGiven: false)
        #expect(throws: QwenError.givenAfterChosen(slot: 1)) {
            try Self.add(core, 1, [1, 2], isGiven: true)
        }
        core.run()
        #expect(Self.logits(core, 0) == alone)
        #expect(try core.cache.length(slot: 1) == 0)
    }
}
