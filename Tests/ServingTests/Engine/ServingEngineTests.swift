import Basics
import EngineDouble
import Machine
import Qwen
import Synchronization
import Testing

@testable import Serving

/// The engine on its thread, over a scripted core.
@Suite struct ServingEngineTests {
    private static func core(slots: Int = 8, blocks: Int = 60) -> ScriptedCore {
        let core = ScriptedCore(
            slots: slots, blocks: blocks, capacity: 64, stepRows: 32, wantedRows: 8)
        core.keepsPasses = false
        return core
    }

    @Test func aRequestIsAnsweredAndTheEngineEnds() throws {
        let answers = Answers()
        let engine = try ServingEngine(Self.core()) { answers.take($0) }
        let prompt: [Int32] = [4, 5, 6]
        let id = try engine.submit(GenerationRequest(prompt: prompt, limit: 7))
        engine.end(within: 1000)
        #expect(answers[id, 0]?.tokens == ScriptedCore.answer(prompt, count: 7))
        #expect(answers[id, 0]?.end == .limit)
        #expect(answers.load?.freeBlocks == 60)
        #expect(throws: ServingError.closing) {
            try engine.submit(GenerationRequest(prompt: prompt, limit: 7))
        }
        engine.end(within: 0)
    }

    @Test func theThreadHasBegunWithTheCoreWhenTheEngineIsThere() throws {
        let core = Self.core()
        nonisolated(unsafe) let shared = core
        let engine = try ServingEngine(core) { _ in }
        #expect(shared.hasBegun)
        engine.end(within: 0)
    }

    @Test func whatCannotBeIsRefusedBeforeItWaits() throws {
        let engine = try ServingEngine(Self.core()) { _ in }
        #expect(throws: ServingError.self) {
            try engine.submit(GenerationRequest(prompt: [], limit: 7))
        }
        engine.end(within: 0)
    }

    /// The sink holds the engine at the first token, while others come.
    @Test func theQueueIsBoundedWhateverTheEngineDoes() throws {
        var settings = ServingSettings()
        settings.mostWaiting = 3
        let gate = Mutex<Void>(())
        let answers = Answers()
        let hasBegun = Atomic(false)
        let engine = try ServingEngine(Self.core(slots: 1), settings) { report in
            hasBegun.store(true, ordering: .releasing)
            gate.withLock { _ in answers.take(report) }
        }
        let request = GenerationRequest(prompt: [1, 2], limit: 2)
        let ids = try gate.withLock { _ in
            var ids = [try engine.submit(request)]
            while !hasBegun.load(ordering: .acquiring) {}
            // It counts until the step at hand is over.
            var refusals = 0
            for _ in 0..<10 {
                do {
                    ids.append(try engine.submit(request))
                } catch ServingError.queueFull {
                    refusals += 1
                }
            }
            #expect(ids.count == 1 + 3 && refusals == 7)
            return ids
        }
        engine.end(within: 1000)
        for id in ids { #expect(answers[id, 0]?.end == .limit) }
    }

    /// Without a deadline to speak of everything is cancelled, what waits too.
    @Test func whatIsNotDoneInTimeIsCancelled() throws {
        let answers = Answers()
        var settings = ServingSettings()
        settings.schedule = .gang(5)
        let engine = try ServingEngine(Self.core(), settings) { answers.take($0) }
        let ids = try (0..<3).map {
            try engine.submit(GenerationRequest(prompt: [Int32($0), 1], limit: 5))
        }
        engine.end(within: 0)
        for id in ids {
            #expect(answers[id, 0]?.end == .cancelled)
            #expect(answers[id, 0]?.tokens == [])
        }
    }

    /// Four threads, all kinds of requests, one in three given up at some time.
    @Test func tenThousandRequestsLoseNoBlockAndAreAnsweredRight() throws {
        let answers = Answers()
        var settings = ServingSettings()
        settings.mostWaiting = 100_000
        settings.endTokens = [3, 50]
        nonisolated(unsafe) let core = Self.core()
        core.brokenFrom = [[9, 9, 9]: 5]
        let engine = try ServingEngine(core, settings) { answers.take($0) }
        let submitted = Mutex<[(RequestID, GenerationRequest, mayEndEarly: Bool)]>([])
        let clients = try (0..<4).map { client in
            try onThread {
                var generator = SplitMix64(seed: UInt64(client))
                var open: [RequestID] = []
                for number in 0..<2500 {
                    let request = Self.request(number, &generator)
                    guard let id = try? engine.submit(request) else { continue }
                    let isGivenUp = Int.random(in: 0..<3, using: &generator) == 0
                    submitted.withLock { $0.append((id, request, isGivenUp)) }
                    if isGivenUp { open.append(id) }
                    if let last = open.last, Bool.random(using: &generator) {
                        let answer = Bool.random(using: &generator) ? nil : Optional(0)
                        engine.cancel(last, answer: answer)
                        engine.cancel(last)
                        open.removeLast()
                    }
                }
            }
        }
        for client in clients { client.join() }
        engine.end(within: 1000)
        let all = submitted.withLock { $0 }
        #expect(all.count == 10_000)
        var cancelled = 0
        for (id, request, mayEndEarly) in all {
            for index in 0..<request.answers {
                let answer = try #require(answers[id, index])
                let whole = ScriptedCore.answer(request.prompt, count: request.limit)
                let expected = Array(whole.prefix { ![3, 50].contains($0) })
                #expect(answer.misplaced == 0)
                if mayEndEarly, answer.end == .cancelled {
                    cancelled += 1
                    #expect(answer.tokens == Array(expected.prefix(answer.tokens.count)))
                } else if request.prompt == [9, 9, 9], expected.count >= 2 {
                    #expect(answer.tokens == Array(expected.prefix(2)))
                    #expect(answer.end == .failed(.logitsNotFinite(position: 4)))
                } else {
                    #expect(answer.tokens == expected)
                    #expect(
                        answer.end
                            == (expected.count < whole.count
                                ? .endToken(whole[expected.count]) : .limit))
                }
            }
        }
        #expect(cancelled > 100, "some were given up in time")
        #expect(core.freeBlocks == core.blockCount)
        #expect(answers.load?.running == 0 && answers.load?.waiting == 0)
    }

    private static func request(
        _ number: Int, _ generator: inout SplitMix64
    ) -> GenerationRequest {
        if number % 50 == 0 { return GenerationRequest(prompt: [9, 9, 9], limit: 8) }
        let length = Int.random(in: 1...40, using: &generator)
        let prompt = (0..<length).map { _ in Int32.random(in: 0..<100, using: &generator) }
        var request = GenerationRequest(
            prompt: prompt, limit: Int.random(in: 0...20, using: &generator))
        if number % 7 == 0 { request.answers = 3 }
        if number % 5 == 0 { request.scoresPrompt = true }
        if number % 4 == 0 { request.logProbabilities = number % 3 }
        return request
    }
}
