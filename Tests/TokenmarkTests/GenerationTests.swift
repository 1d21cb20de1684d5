import Kernels
import Machine
import Qwen
import Suite
import Testing

@testable import tokenmark

/// Answers to batches of prompts.
@Suite struct GenerationTests {
    private func model() throws -> Model {
        let topology = try Topology.read()
        let placement = try Placement.choose(
            threads: nil, cpus: nil, topology: topology, limits: ResourceLimits.current())
        let configuration = ModelConfiguration(
            name: "tiny", architecture: .qwen2, hiddenSize: 64, layerCount: 2, headCount: 4,
            kvHeadCount: 2, headDimension: 16, intermediateSize: 96, vocabularySize: 300,
            maximumPositions: 128, rmsNormEpsilon: 1e-6, ropeTheta: 10000, tiesEmbeddings: false)
        return try Model(
            configuration, source: RandomTensorSource(configuration, seed: 3), precision: .f32,
            cache: nil,
            execution: Execution(
                pool: WorkerPool(placement: placement), instructionSet: .best, policy: .local,
                topology: topology), availableBytes: nil)
    }

    private func generate(
        _ model: Model, _ prompts: [[Int]], endTokens: Set<Int> = [], limit: Int = 12,
        isCancelled: () -> Bool = { false }
    ) throws -> Generation {
        let session = try Session(
            model: model, batch: prompts.count, capacity: 64, availableBytes: nil)
        var options = SamplingOptions()
        options.repetitionPenalty = 1.1
        return try Generation(
            session,
            .init(prompts: prompts, options: options, endTokens: endTokens, limit: limit),
            isCancelled: isCancelled)
    }

    private let prompts = [[5, 17, 211, 40, 8, 99, 120], [250, 3], Array(30..<49)]

    @Test func promptsOfAnyLengthAreAnsweredTogetherAsAlone() throws {
        let model = try model()
        let together = try generate(model, prompts)
        let alone = try prompts.map { try generate(model, [$0]).answers[0] }
        #expect(together.answers == alone)
        #expect(Set(alone).count == 3, "the prompts matter")
        #expect(together.stamps.count == 13)
        #expect(together.laterTokens == 3 * 11)
    }

    @Test func whatTheSessionKnowsOfAPromptIsNotProcessedAgain() throws {
        let model = try model()
        let session = try Session(model: model, batch: 1, capacity: 64, availableBytes: nil)
        func generate(_ prompt: [Int], known: [Int] = []) throws -> Generation {
            try Generation(
                session,
                .init(
                    prompts: [prompt], known: known, options: SamplingOptions(), endTokens: [],
                    limit: 6))
        }
        let first = try generate(prompts[0])
        #expect(first.processedTokens == 7)
        let known = prompts[0] + first.processedAnswer(0)
        #expect(known.count == 7 + 5, "the last token chosen was not fed")
        // A turn later; the same prompt again; one that begins otherwise; one that ends earlier.
        for (prompt, processed) in [
            (known + [9, 8], 2), (prompts[0], 1), ([6] + prompts[0], 8),
            (Array(prompts[0].prefix(3)), 1), (Array(known.prefix(9)) + [1, 2, 3], 3),
        ] {
            _ = try generate(prompts[0])
            let continued = try generate(prompt, known: known)
            #expect(continued.processedTokens == processed, "\(prompt)")
            #expect(try continued.answers == generate(prompt).answers)
        }
    }

    @Test func anEndTokenEndsItsOwnAnswerAlone() throws {
        let model = try model()
        let whole = try generate(model, prompts).answers
        let end = whole[1][4]
        let expected = whole.map { Array($0.prefix { $0 != end }) }
        let ended = try generate(model, prompts, endTokens: [end])
        #expect(ended.answers == expected)
        // Each answer counts up to its end token, and that one too.
        #expect(ended.laterTokens == expected.reduce(0) { $0 + min($1.count, 11) })
    }

    @Test func cancellingEndsAfterTheTokenAtHand() throws {
        var asked = 0
        let generation = try generate(
            model(), [prompts[0]],
            isCancelled: {
                asked += 1
                return asked == 3
            })
        #expect(generation.answers[0].count == 3)
    }

    @Test func ratesAreOfTheTokensAfterTheFirst() throws {
        #expect(
            AnswerTimes(firstTokenSeconds: 0.12344, tokensPerSecond: 41.239).text
                == "FTL: 0.1234 s, TPS: 41.24 tokens/s")
        let single = try generate(model(), [[1]], limit: 1)
        #expect(single.times.tokensPerSecond == nil)
        #expect(single.times.text.hasSuffix("TPS: none, there was no token after the first"))
    }
}
