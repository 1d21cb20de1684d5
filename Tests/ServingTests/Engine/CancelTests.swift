import EngineDouble
import Testing

@testable import Serving

/// Cancelled in every state: the next step does without it, and has its room.
@Suite struct CancelTests {
    private static let prompt: [Int32] = Array(1...20)

    private static func request(
        _ prompt: [Int32] = prompt, answers: Int = 1
    ) -> GenerationRequest {
        var request = GenerationRequest(prompt: prompt, limit: 5)
        request.answers = answers
        return request
    }

    /// Eight rows a pass, so that a prompt of twenty takes three.
    private static func trace(slots: Int = 4, blocks: Int = 100) -> LoopTrace {
        LoopTrace(ScriptedCore(slots: slots, blocks: blocks, stepRows: 8))
    }

    @Test func whileItWaits() {
        let trace = Self.trace(slots: 1)
        let first = trace.submit(Self.request())
        let second = trace.submit(Self.request(answers: 1))
        let third = trace.submit(Self.request([7, 8]))
        trace.step()
        trace.cancel(second)
        #expect(trace.waitingCount == 1)
        trace.finish()
        #expect(trace.events(second) == [.ended(.cancelled)])
        #expect(trace.ends(first) == [.limit])
        #expect(trace.ends(third) == [.limit])
        #expect(trace.core.freeBlocks == 100)
    }

    @Test(arguments: [1, 3])
    func whileItsPromptIsRead(answers: Int) {
        let trace = Self.trace()
        let id = trace.submit(Self.request(answers: answers))
        trace.step()
        trace.step()
        trace.cancel(id)
        let passes = trace.core.passes.count
        #expect(trace.core.freeBlocks == 100)
        #expect(!trace.step())
        #expect(trace.core.passes.count == passes)
        for answer in 0..<answers { #expect(trace.ends(id, answer) == [.cancelled]) }
        #expect(trace.tokens(id) == [])
        #expect(trace.isIdle)
    }

    @Test(arguments: [1, 3])
    func whileItIsAnswered(answers: Int) {
        let trace = Self.trace()
        let id = trace.submit(Self.request(answers: answers))
        for _ in 0..<4 { trace.step() }
        #expect(trace.tokens(id).count == 2)
        trace.cancel(id)
        #expect(trace.core.freeBlocks == 100)
        #expect(!trace.step())
        for answer in 0..<answers {
            #expect(trace.tokens(id, answer) == ScriptedCore.answer(Self.prompt, count: 2))
            #expect(trace.ends(id, answer) == [.cancelled])
        }
    }

    @Test func afterItHasEndedOrNeverWas() {
        let trace = Self.trace()
        let id = trace.submit(Self.request())
        trace.finish()
        trace.cancel(id)
        trace.cancel(id, answer: 0)
        trace.cancel(RequestID(number: 77))
        trace.step()
        #expect(trace.ends(id) == [.limit])
        #expect(trace.isIdle)
    }

    /// The first answer, from which others would have been forked, and one that is running.
    @Test func oneAnswerAlone() {
        let trace = Self.trace()
        let id = trace.submit(Self.request(answers: 3))
        trace.step()
        trace.cancel(id, answer: 0)
        trace.cancel(id, answer: .max)
        trace.cancel(id, answer: -1)
        for _ in 0..<3 { trace.step() }
        trace.cancel(id, answer: 2)
        trace.finish()
        #expect(trace.events(id, 0) == [.admitted(cachedTokens: 0), .ended(.cancelled)])
        #expect(trace.tokens(id, 1) == ScriptedCore.answer(Self.prompt, count: 5))
        #expect(trace.ends(id, 1) == [.limit])
        #expect(trace.tokens(id, 2) == ScriptedCore.answer(Self.prompt, count: 2))
        #expect(trace.ends(id, 2) == [.cancelled])
        #expect(trace.core.freeBlocks == 100)
    }

    /// Its room is there for who waits, in the very next step.
    @Test func itsRoomIsGivenOn() {
        let trace = Self.trace(blocks: 7)
        let first = trace.submit(Self.request())
        let second = trace.submit(Self.request([5, 6, 7]))
        trace.step()
        #expect(trace.waitingCount == 1)
        trace.cancel(first)
        trace.step()
        #expect(trace.waitingCount == 0)
        #expect(trace.tokens(second).count == 1)
    }

    @Test func allAtOnce() {
        let trace = Self.trace(slots: 2)
        let ids = (0..<5).map { trace.submit(Self.request([Int32($0), 2, 3])) }
        trace.step()
        trace.step()
        trace.cancelAll()
        #expect(trace.isIdle)
        trace.step()
        for id in ids { #expect(trace.ends(id) == [.cancelled]) }
        #expect(trace.core.freeBlocks == 100)
    }
}
