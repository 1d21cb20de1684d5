import Qwen
import Testing

/// A prompt that begins as the last sequence did goes on from the cache, to the same tokens.
@Suite struct ContinuedPromptTests {
    private static func model(_ architecture: Architecture) -> ModelConfiguration {
        var model = ModelConfiguration(
            name: "continued", architecture: architecture, hiddenSize: 64, layerCount: 2,
            headCount: 4, kvHeadCount: 2, headDimension: 16, intermediateSize: 96,
            vocabularySize: 300, maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4,
            tiesEmbeddings: false)
        if architecture == .qwen {
            model.kvHeadCount = 4
            model.trainedLength = 32
            model.usesDynamicNTK = true
            model.usesLogNAttention = true
        }
        return model
    }

    private static func tokens(_ count: Int, seed: Int) -> [Int32] {
        (0..<count).map { Int32(($0 * $0 + 7 * $0 + 31 * seed) % 300) }
    }

    private static func session(
        _ architecture: Architecture, _ precision: Precision, cache: CachePrecision? = nil,
        threads: Int = 1
    ) throws -> Session {
        let configuration = model(architecture)
        let model = try Generation(
            configuration, source: RandomTensorSource(configuration, seed: 5),
            precision: precision, cache: cache, threads: threads
        ).model
        return try Session(model: model, batch: 1, capacity: 700, availableBytes: nil)
    }

    /// The greedy tokens after a prompt, and the logits of the first.
    private static func answer(
        _ session: Session, _ input: some Collection<Int32>, count: Int
    ) throws -> (tokens: [Int32], logits: [Float]) {
        Array(input).withUnsafeBufferPointer { session.stagePrompts($0) }
        session.forward()
        let logits = Array(session.logits(0))
        var tokens = [try session.greedyToken(0)]
        while tokens.count < count {
            tokens.suffix(1).withUnsafeBufferPointer { session.stageTokens($0) }
            session.forward()
            tokens.append(try session.greedyToken(0))
        }
        return (tokens, logits)
    }

    /// The second prompt is the first, what was answered, and more than a chunk of new tokens.
    @Test(arguments: Precision.allCases, [20, 530])
    func theAnswerIsThatOfTheWholePrompt(_ precision: Precision, further: Int) throws {
        let session = try Self.session(.qwen2, precision, threads: 2)
        let prompt = Self.tokens(37, seed: 1)
        session.start(promptLengths: [prompt.count])
        let first = try Self.answer(session, prompt, count: 9)
        let known = prompt + first.tokens.dropLast()
        let next = known + Self.tokens(further, seed: 2)

        #expect(session.start(promptLength: next.count, keeping: known.count) == known.count)
        let continued = try Self.answer(session, next.dropFirst(known.count), count: 9)
        session.start(promptLengths: [next.count])
        let whole = try Self.answer(session, next, count: 9)
        // Tokens that were chosen meet int4 weights as they are, given ones meet them widened.
        if precision != .int4 {
            #expect(continued.logits == whole.logits)
            #expect(continued.tokens == whole.tokens)
        }
        let largest = whole.logits.map(abs).max() ?? 0
        let difference = zip(continued.logits, whole.logits).map { abs($0 - $1) }.max() ?? .infinity
        #expect(difference < 0.02 * largest, "\(difference) of \(largest)")
    }

    /// What stands in the cache behind the kept positions is of another sequence.
    @Test(arguments: [CachePrecision.f32, .bf16, .int8])
    func aShorterBeginningIsEnough(_ cache: CachePrecision) throws {
        let session = try Self.session(.qwen2, .f32, cache: cache)
        let other = Self.tokens(100, seed: 1)
        session.start(promptLengths: [other.count])
        _ = try Self.answer(session, other, count: 5)
        let prompt = other.prefix(21) + Self.tokens(30, seed: 3)
        #expect(session.start(promptLength: prompt.count, keeping: 21) == 21)
        let continued = try Self.answer(session, prompt.dropFirst(21), count: 9)
        let fresh = try Self.session(.qwen2, .f32, cache: cache)
        fresh.start(promptLengths: [prompt.count])
        let whole = try Self.answer(fresh, prompt, count: 9)
        // Both went through as prompts: the same sums in the same order.
        #expect(continued.logits == whole.logits)
        #expect(continued.tokens == whole.tokens)
    }

    /// Beyond the trained length of 32, dynamic NTK stretches the base for each doubling.
    @Test func aPromptThatIsRotatedOtherwiseIsProcessedWhole() throws {
        let session = try Self.session(.qwen, .f32)
        let prompt = Self.tokens(150, seed: 1)
        session.start(promptLengths: [20])
        _ = try Self.answer(session, prompt.prefix(20), count: 1)
        #expect(session.start(promptLength: 28, keeping: 20) == 20)
        _ = try Self.answer(session, prompt[20..<28], count: 1)
        #expect(session.start(promptLength: 60, keeping: 28) == 0)
        let stretched = try Self.answer(session, prompt.prefix(60), count: 4)
        #expect(session.start(promptLength: 150, keeping: 60) == 0)
        #expect(session.start(promptLength: 60, keeping: 0) == 0)
        #expect(try Self.answer(session, prompt.prefix(60), count: 4).logits == stretched.logits)
    }
}
