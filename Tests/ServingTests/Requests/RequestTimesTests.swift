import Measurement
import Testing

@testable import Serving

/// Stamps of a request, and what they say.
@Suite struct RequestTimesTests {
    private static func times(
        answers: Int = 1, _ events: [(UInt64, StepEvent.What)]
    ) -> RequestTimes {
        var times = RequestTimes(inputTokens: 9, arrived: 1_000_000_000, answers: answers)
        for (time, what) in events {
            times.note(
                StepEvent(
                    request: RequestID(number: 1), answer: 0, time: time * 1_000_000_000, what: what
                ))
        }
        return times
    }

    @Test func queuePrefillAndDecodeAreThePartsOfItsTime() {
        let times = Self.times([
            (3, .admitted(cachedTokens: 4)), (4, .scored(0..<0)), (7, .token(1, 0..<0)),
            (8, .token(2, 0..<0)), (12, .token(2, 0..<0)), (12, .ended(.limit)),
        ])
        #expect(times.queueSeconds == 2)
        #expect(times.prefillSeconds == 4)
        #expect(times.decodeSeconds == 5)
        #expect(times.cachedTokens == 4)
        let trace = times.trace
        #expect(trace?.outcome == .ok)
        #expect(trace?.inputTokens == 9)
        #expect(trace?.outputTokens == 3)
        #expect(trace.map { RequestSample($0).ttft } == 6000)
        #expect(trace.map { RequestSample($0).tpot } == 2500)
    }

    @Test func whatHasNotHappenedIsNotKnown() {
        let waiting = Self.times([])
        #expect(waiting.queueSeconds == nil && waiting.prefillSeconds == nil)
        #expect(waiting.trace == nil)
        let givenUp = Self.times([(2, .ended(.cancelled))])
        #expect(givenUp.queueSeconds == nil && givenUp.decodeSeconds == nil)
        #expect(givenUp.trace?.outcome.isWhole == false)
        #expect(givenUp.trace?.end == 2_000_000_000)
    }

    @Test func itEndsWithTheLastOfItsAnswers() {
        var times = Self.times(answers: 2, [(2, .ended(.limit))])
        #expect(times.end == nil)
        times.note(
            StepEvent(
                request: RequestID(number: 1), answer: 1, time: 5, what: .ended(.endToken(7))))
        #expect(times.end == 5)
        #expect(times.trace?.outcome == .endedEarly)
    }
}
