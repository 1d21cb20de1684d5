import EngineDouble
import Glibc
import Qwen
import Testing

@testable import Serving

/// Steps over a scripted core, traced by hand.
@Suite struct StepLoopTests {
    private static let millisecond: UInt64 = 1_000_000

    private static func prompt(_ length: Int, _ first: Int32 = 1) -> [Int32] {
        (0..<length).map { (first + Int32($0)) % 100 }
    }

    /// A pass over answers takes 10 ms, a row of a prompt half a millisecond.
    private static func timed(slots: Int = 4, capacity: Int = 512) -> ScriptedCore {
        let core = ScriptedCore(
            slots: slots, blocks: 1000, capacity: capacity, stepRows: 128, wantedRows: 16)
        core.cost = { pass in
            switch pass {
            case .tokens: 10 * millisecond
            case .prompts(let rows):
                rows.values.reduce(0) { $0 + UInt64($1.count) } * millisecond / 2
            }
        }
        return core
    }

    @Test func aRequestIsAdmittedReadAndAnswered() {
        let trace = LoopTrace(Self.timed())
        let id = trace.submit(Self.prompt(6), limit: 3)
        trace.finish()
        let answer = ScriptedCore.answer(Self.prompt(6), count: 3)
        #expect(
            trace.events(id)
                == [
                    .admitted(cachedTokens: 0), .token(answer[0], 0..<0), .token(answer[1], 0..<0),
                    .token(answer[2], 0..<0), .ended(.limit),
                ])
        #expect(trace.core.passes == [.prompts([0: 0..<6]), .tokens([0]), .tokens([0])])
        #expect(
            trace.events.map { $0.time / Self.millisecond } == [0, 3, 13, 23, 23])
        #expect(trace.isIdle)
        #expect(trace.core.freeBlocks == 1000)
        #expect(!trace.step(), "nothing is left")
        let load = trace.reports.map(\.load)
        #expect(load.map(\.running) == [1, 1, 0])
        #expect(load.map(\.promptRows) == [6, 0, 0])
        #expect(load.map(\.decodeRows) == [0, 1, 1])
        #expect(load.map(\.nanoseconds) == [3, 10, 10].map { $0 * Self.millisecond })
        // ⌈(6 + 3) / 4⌉ blocks.
        #expect(load.map(\.freeBlocks) == [997, 997, 1000])
    }

    /// The step may take 40 ms, of which 10 are the pass over answers: 60 rows of a prompt.
    @Test func promptsAreReadInTheTimeThatAnswersLeave() {
        let trace = LoopTrace(Self.timed())
        let first = trace.submit(Self.prompt(4), limit: 30)
        trace.step()
        let second = trace.submit(Self.prompt(200), limit: 2)
        trace.finish()
        // What a row takes is not known at first.
        #expect(
            trace.core.passes.prefix(10)
                == [
                    .prompts([0: 0..<4]), .tokens([0]), .prompts([1: 0..<32]), .tokens([0]),
                    .prompts([1: 32..<92]), .tokens([0]), .prompts([1: 92..<152]), .tokens([0]),
                    .prompts([1: 152..<200]), .tokens([0, 1]),
                ])
        let times = trace.times(first)
        let gaps = zip(times, times.dropFirst()).map { ($1 - $0) / Self.millisecond }
        #expect(gaps.prefix(7) == [10, 26, 40, 40, 34, 10, 10])
        #expect(trace.tokens(first) == ScriptedCore.answer(Self.prompt(4), count: 30))
        #expect(trace.tokens(second) == ScriptedCore.answer(Self.prompt(200), count: 2))
    }

    /// Whatever prompts come, nobody who is answered waits longer than the target.
    @Test(arguments: [2.0, 4, 10])
    func aStallIsNoLongerThanTheTarget(_ passes: Double) {
        let trace = LoopTrace(Self.timed(slots: 8)) { $0.stepTarget = .decodePasses(passes) }
        let ids = (0..<8).map { trace.submit(Self.prompt(10 + 61 * $0, Int32($0)), limit: 40) }
        trace.finish()
        for id in ids {
            let times = trace.times(id)
            #expect(times.count == 40)
            let longest = zip(times, times.dropFirst()).map { $1 - $0 }.max() ?? 0
            // 32 rows are read in any case: 16 ms.
            #expect(longest <= max(UInt64(passes) * 10, 26) * Self.millisecond)
        }
    }

    @Test func prefillFirstReadsWholePromptsAndGangsGoInLockStep() {
        let first = LoopTrace(Self.timed()) { $0.schedule = .prefillFirst }
        first.submit(Self.prompt(4), limit: 3)
        first.step()
        first.submit(Self.prompt(200), limit: 2)
        first.finish()
        #expect(
            first.core.passes
                == [
                    .prompts([0: 0..<4]), .prompts([1: 0..<128]), .prompts([1: 128..<200]),
                    .tokens([0, 1]), .tokens([0]),
                ])
        let gang = LoopTrace(Self.timed()) { $0.schedule = .gang(2) }
        gang.submit(Self.prompt(100), limit: 3)
        #expect(!gang.step(), "one is no gang")
        gang.submit(Self.prompt(60, 7), limit: 3)
        gang.submit(Self.prompt(5), limit: 1)
        #expect(gang.step())
        gang.close()
        gang.finish()
        #expect(
            gang.core.passes
                == [
                    .prompts([0: 0..<100, 1: 0..<28]), .prompts([1: 28..<60]), .tokens([0, 1]),
                    .tokens([0, 1]), .prompts([1: 0..<5]),
                ])
    }

    /// Ten blocks of four: the first two take eight, the third waits for its four although a fourth
    /// would fit.
    @Test func admissionReservesAllBlocksAndKeepsTheOrder() {
        let trace = LoopTrace(ScriptedCore(slots: 4, blocks: 10))
        let ids = [(10, 6), (10, 6), (9, 4), (2, 2)].map {
            trace.submit(Self.prompt($0.0), limit: $0.1)
        }
        trace.step()
        #expect(trace.core.freeBlocks == 2)
        #expect(trace.waitingCount == 2)
        #expect(trace.events(ids[3]).isEmpty)
        trace.finish()
        let admissions = trace.events.filter { $0.what == .admitted(cachedTokens: 0) }
        #expect(admissions.map(\.request) == ids)
        #expect(trace.core.freeBlocks == 10)
        for (id, (length, limit)) in zip(ids, [(10, 6), (10, 6), (9, 4), (2, 2)]) {
            #expect(trace.tokens(id) == ScriptedCore.answer(Self.prompt(length), count: limit))
        }
    }

    @Test func whatIsCachedIsToldAndNotRead() {
        let core = Self.timed()
        core.cached = { $0.count == 12 ? 8 : 0 }
        let trace = LoopTrace(core)
        let id = trace.submit(Self.prompt(12), limit: 2)
        var scored = GenerationRequest(prompt: Self.prompt(12), limit: 1)
        scored.scoresPrompt = true
        let whole = trace.submit(scored)
        trace.finish()
        #expect(trace.events(id).first == .admitted(cachedTokens: 8))
        #expect(trace.events(whole).first == .admitted(cachedTokens: 0))
        #expect(core.passes.first == .prompts([0: 8..<12, 1: 0..<12]))
        #expect(trace.tokens(id) == ScriptedCore.answer(Self.prompt(12), count: 2))
    }

    @Test func answersEndWithEndTokensStopTokensAndTheLimit() {
        let answer = ScriptedCore.answer(Self.prompt(6), count: 8)
        #expect(Set(answer.prefix(6)).count == 6, "each of them is the first of its kind")
        func run(_ change: (inout GenerationRequest) -> Void) -> ([Int32], [FinishReason]) {
            let trace = LoopTrace(ScriptedCore(slots: 1, blocks: 10)) {
                $0.endTokens = [answer[4]]
            }
            var request = GenerationRequest(prompt: Self.prompt(6), limit: 8)
            change(&request)
            let id = trace.submit(request)
            trace.finish()
            #expect(trace.core.freeBlocks == 10)
            return (trace.tokens(id), trace.ends(id))
        }
        var (tokens, ends) = run { _ in }
        #expect(tokens == Array(answer[..<4]))
        #expect(ends == [.endToken(answer[4])])
        (tokens, ends) = run { $0.ignoresEnd = true }
        #expect(tokens == answer)
        #expect(ends == [.limit])
        (tokens, ends) = run { $0.stopTokens = [answer[0], answer[6]] }
        #expect(tokens == [])
        #expect(ends == [.endToken(answer[0])])
        (tokens, ends) = run {
            $0.stopTokens = [answer[2]]
            $0.ignoresEnd = true
        }
        #expect(tokens == Array(answer[..<2]))
        #expect(ends == [.endToken(answer[2])])
        (tokens, ends) = run { $0.limit = 4 }
        #expect(tokens == Array(answer[..<4]))
        #expect(ends == [.limit])
        (tokens, ends) = run { $0.limit = 0 }
        #expect(tokens == [])
        #expect(ends == [.limit])
    }

    /// Before the least tokens are there, the token after the one that would end it is chosen.
    @Test func nothingButTheLimitEndsAnAnswerBeforeItsLeastTokens() {
        let prompt = Self.prompt(6)
        let answer = ScriptedCore.answer(prompt, count: 1)
        let trace = LoopTrace(ScriptedCore(slots: 1, blocks: 10)) { $0.endTokens = [answer[0]] }
        var request = GenerationRequest(prompt: prompt, limit: 2)
        request.leastTokens = 2
        let id = trace.submit(request)
        trace.finish()
        #expect(trace.tokens(id).count == 2)
        #expect(trace.tokens(id)[0] == (answer[0] + 1) % 100)
        #expect(trace.ends(id) == [.limit])
    }

    @Test func furtherAnswersAreForkedOffOnePrompt() {
        let core = ScriptedCore(slots: 4, blocks: 12)
        let trace = LoopTrace(core)
        var request = GenerationRequest(prompt: Self.prompt(10), limit: 3)
        request.answers = 3
        let id = trace.submit(request)
        trace.step()
        // ⌈13 / 4⌉ blocks, and twice those that the 8 first positions do not fill.
        #expect(core.freeBlocks == 12 - 4 - 2 * 2)
        trace.finish()
        #expect(core.passes == [.prompts([0: 0..<10]), .tokens([0, 1, 2]), .tokens([0, 1, 2])])
        for answer in 0..<3 {
            #expect(
                trace.tokens(id, answer) == ScriptedCore.answer(Self.prompt(10), count: 3))
            #expect(trace.ends(id, answer) == [.limit])
        }
        #expect(core.freeBlocks == 12)
    }

    /// At a temperature at which all logits are about the same each seed draws something else.
    @Test func furtherAnswersDrawWithSeedsOfTheirOwn() {
        let trace = LoopTrace(ScriptedCore(slots: 4, blocks: 20))
        var request = GenerationRequest(prompt: Self.prompt(10), limit: 5)
        request.answers = 3
        request.sampling.temperature = 100
        request.sampling.seed = 8
        let together = trace.submit(request)
        request.answers = 1
        let alone = (0..<3).map { answer in
            request.sampling.seed = 8 + UInt64(answer)
            return trace.submit(request)
        }
        trace.finish()
        for answer in 0..<3 {
            #expect(trace.tokens(together, answer) == trace.tokens(alone[answer]))
        }
        #expect(Set(alone.map { trace.tokens($0) }).count == 3)
    }

    /// Of a hundred tokens one has a logit of 2, one of 1, and all others of 0.
    @Test func logProbabilitiesAreOfTheLogitsAsTheyAre() throws {
        let trace = LoopTrace(ScriptedCore(slots: 2, blocks: 20))
        var request = GenerationRequest(prompt: Self.prompt(5), limit: 1)
        request.logProbabilities = 2
        request.scoresPrompt = true
        // They change what is chosen and not what is told.
        let best = ScriptedCore.answer(Self.prompt(5), count: 1)[0]
        request.sampling.biases = [.init(token: Int(best), value: -50)]
        let id = trace.submit(request)
        trace.finish()
        let events = trace.events(id)
        #expect(events.count == 4)
        guard case .scored(let scored) = events[1], case .token(let token, let own) = events[2]
        else {
            Issue.record("\(events)")
            return
        }
        #expect(token == (best + 1) % 100)
        #expect(scored == 0..<12 && own == 12..<15)
        let list = try #require(trace.reports.first).logProbabilities
        let sum = 7.389_056_1 + 2.718_281_8 + 98
        let two = Float(2 - log(sum))
        let one = Float(1 - log(sum))
        #expect(list[own].map(\.token) == [token, best, token])
        for (found, wanted) in zip(list[own].map(\.value), [one, two, one]) {
            #expect(abs(found - wanted) < 1e-6)
        }
        // The second to fifth of the prompt, each with the two most probable in its place.
        for (number, position) in (1..<5).enumerated() {
            let part = Array(list[number * 3..<number * 3 + 3])
            let likely = ScriptedCore.answer(Array(Self.prompt(position)), count: 1)[0]
            #expect(part[0].token == Self.prompt(5)[position])
            #expect(part[1].token == likely && part[2].token == (likely + 1) % 100)
            #expect(abs(part[1].value - two) < 1e-6)
        }
    }

    /// Sixteen rows have room for logits: 40 are read in three passes.
    @Test func aLongPromptIsScoredInPieces() {
        let trace = LoopTrace(Self.timed())
        var request = GenerationRequest(prompt: Self.prompt(40), limit: 1)
        request.scoresPrompt = true
        request.logProbabilities = 0
        let id = trace.submit(request)
        trace.finish()
        let scored = trace.reports.flatMap { report in
            report.events.flatMap { event -> [LogProbability] in
                guard case .scored(let range) = event.what else { return [] }
                return Array(report.logProbabilities[range])
            }
        }
        #expect(scored.map(\.token) == Array(Self.prompt(40).dropFirst()))
        #expect(trace.tokens(id) == ScriptedCore.answer(Self.prompt(40), count: 1))
        #expect(trace.core.passes.count == 3)
    }

    @Test func whatTheModelBreaksEndsOneAnswerAlone() {
        let core = ScriptedCore(slots: 4, blocks: 40)
        core.brokenFrom = [Self.prompt(5): 7, Self.prompt(6): 6, Self.prompt(7): 3]
        let trace = LoopTrace(core)
        let later = trace.submit(Self.prompt(5), limit: 9)
        let atOnce = trace.submit(Self.prompt(6), limit: 9)
        var scored = GenerationRequest(prompt: Self.prompt(7), limit: 2)
        scored.scoresPrompt = true
        scored.answers = 1
        let inPrompt = trace.submit(scored)
        let sound = trace.submit(Self.prompt(8), limit: 9)
        trace.finish()
        #expect(trace.tokens(later) == ScriptedCore.answer(Self.prompt(5), count: 2))
        #expect(trace.ends(later) == [.failed(.logitsNotFinite(position: 6))])
        #expect(trace.ends(atOnce) == [.failed(.logitsNotFinite(position: 5))])
        #expect(trace.ends(inPrompt) == [.failed(.logitsNotFinite(position: 2))])
        #expect(trace.tokens(sound) == ScriptedCore.answer(Self.prompt(8), count: 9))
        #expect(core.freeBlocks == 40)
        #expect(trace.isIdle)
    }
}
