import Basics
import Kernels
import Machine
import Qwen
import Suite
import Testing

@testable import Serving

/// The engine over a real core, against the same prompts alone.
@Suite struct RealCoreTests {
    private static let configuration = ModelConfiguration(
        name: "tiny", architecture: .qwen2, hiddenSize: 64, layerCount: 2, headCount: 4,
        kvHeadCount: 2, headDimension: 16, intermediateSize: 96, vocabularySize: 300,
        maximumPositions: 512, rmsNormEpsilon: 1e-6, ropeTheta: 10000, tiesEmbeddings: false)
    private static let endTokens: Set<Int32> = [7, 250, 251]

    private static func model(_ precision: Precision) throws -> Model {
        let topology = try Topology.read()
        let placement = try Placement.choose(
            threads: 2, cpus: nil, topology: topology, limits: ResourceLimits.current())
        return try Model(
            configuration, source: RandomTensorSource(configuration, seed: 3),
            precision: precision,
            execution: Execution(
                pool: WorkerPool(placement: placement), instructionSet: .best, policy: .local,
                topology: topology), availableBytes: nil)
    }

    /// Lengths, samplings, stops and answers of all kinds.
    private static func requests(_ count: Int) -> [GenerationRequest] {
        var generator = SplitMix64(seed: 11)
        let beginning = (0..<150).map { _ in Int32.random(in: 0..<300, using: &generator) }
        return (0..<count).map { number in
            let length = Int.random(in: 1...200, using: &generator)
            var prompt = (0..<length).map { _ in Int32.random(in: 0..<300, using: &generator) }
            // Some begin alike.
            if number % 4 == 0 { prompt = beginning + prompt.prefix(40) }
            var request = GenerationRequest(
                prompt: prompt, limit: Int.random(in: 1...30, using: &generator))
            if number % 2 == 0 {
                request.sampling.temperature = 0.8
                request.sampling.seed = UInt64(number)
                request.sampling.topK = number % 6 * 10
                request.sampling.topP = number % 5 == 0 ? 0.9 : 1
                request.sampling.minP = number % 8 == 0 ? 0.01 : 0
            }
            if number % 3 == 0 {
                request.sampling.repetitionPenalty = 1.2
                request.sampling.frequencyPenalty = 0.3
                request.sampling.biases = [.init(token: number, value: 3)]
            }
            if number % 5 == 0 { request.ignoresEnd = true }
            if number % 7 == 0 { request.stopTokens = [Int32(number), 100, 200] }
            if number % 6 == 0 { request.answers = 2 }
            if number % 9 == 0 { request.logProbabilities = 2 }
            if number % 10 == 0 { request.scoresPrompt = true }
            return request
        }
    }

    /// What `tokenmark generate` does with one answer's request.
    private static func alone(
        _ model: Model, _ request: GenerationRequest, answer: Int
    ) throws -> [Int32] {
        let session = try Session(
            model: model, batch: 1, capacity: request.prompt.count + request.limit,
            availableBytes: nil)
        var options = request.sampling
        options.seed += UInt64(answer)
        let ends = Set(request.stopTokens).union(request.ignoresEnd ? [] : endTokens)
        return try Generation(
            session,
            Generation.Request(
                prompts: [request.prompt.map { Int($0) }], options: options,
                endTokens: Set(ends.map { Int($0) }), limit: request.limit)
        ).answers[0].map { Int32($0) }
    }

    /// A hundred blocks, so that they wait for each other; some are given up.
    @Test(arguments: [Precision.f32, .int8, .int4], [false, true])
    func mixedRequestsAreAnsweredAsAlone(_ precision: Precision, keepsPrefixes: Bool) throws {
        let model = try Self.model(precision)
        let requests = Self.requests(64)
        let expected = try requests.map { request in
            try (0..<request.answers).map { try Self.alone(model, request, answer: $0) }
        }
        let core = try SlotCore(
            model: model, slots: 16, capacity: 300, blocks: 40, keepsPrefixes: keepsPrefixes,
            availableBytes: nil)
        nonisolated(unsafe) let shared = core
        let answers = Answers()
        var settings = ServingSettings()
        settings.endTokens = Self.endTokens
        let engine = try ServingEngine(core, settings) { answers.take($0) }
        let ids = try requests.map { try engine.submit($0) }
        for (number, id) in ids.enumerated() where number % 11 == 10 { engine.cancel(id) }
        engine.end(within: 1000)
        for (number, id) in ids.enumerated() {
            for answer in 0..<requests[number].answers {
                let found = try #require(answers[id, answer])
                let wanted = expected[number][answer]
                #expect(found.misplaced == 0)
                if found.end == .cancelled {
                    #expect(number % 11 == 10)
                    #expect(found.tokens == Array(wanted.prefix(found.tokens.count)))
                } else {
                    #expect(found.tokens == wanted, "request \(number)")
                }
            }
        }
        #expect(shared.freeBlocks == 40)
    }

    /// Of a prompt in one piece, in several, and of one whose beginning is in the cache: the same.
    @Test func promptsAreScoredAsTheirTokensAreChosen() throws {
        let model = try Self.model(.f32)
        let prompt = Self.requests(1)[0].prompt
        let core = try SlotCore(
            model: model, slots: 2, capacity: 300, blocks: 20, keepsPrefixes: true,
            availableBytes: nil)
        var settings = ServingSettings()
        settings.stepTarget = .nanoseconds(1)
        var reports: [StepReport] = []
        var loop = StepLoop(core, settings) { reports.append($0) }
        var request = GenerationRequest(prompt: prompt, limit: 0)
        request.scoresPrompt = true
        request.logProbabilities = 0
        loop.submit(RequestID(number: 1), request)
        while loop.step() {}
        // A second time, with blocks of the first to be found.
        loop.submit(RequestID(number: 2), request)
        while loop.step() {}
        func scores(_ number: UInt64) -> [LogProbability] {
            reports.flatMap { report in
                report.events.flatMap { event -> [LogProbability] in
                    guard event.request.number == number, case .scored(let range) = event.what
                    else { return [] }
                    return Array(report.logProbabilities[range])
                }
            }
        }
        #expect(scores(1).map(\.token) == Array(prompt.dropFirst()))
        #expect(scores(1) == scores(2))
        for position in [1, 2, 63, 64, 65, 128, prompt.count - 1] {
            #expect(scores(1)[position - 1].value == Self.score(prompt, position, model))
        }
    }

    /// The log-probability of a prompt's token, computed in lock step.
    private static func score(_ prompt: [Int32], _ position: Int, _ model: Model) -> Float? {
        guard
            let session = try? Session(
                model: model, batch: 1, capacity: position, availableBytes: nil)
        else { return nil }
        session.start(promptLengths: [position])
        Array(prompt[..<position]).withUnsafeBufferPointer { session.stagePrompts($0) }
        session.forward()
        let softmax = try? LogSoftmax(UnsafeBufferPointer(session.logits(0)))
        return softmax.map { Float($0[Int(prompt[position])]) }
    }
}
