import Measurement
import Testing

/// One request at a time, by hand; all stamps in milliseconds.
@Suite struct RequestSampleTests {
    @Test func everyMetricOfARequestThatWasLateAndCameInPieces() {
        let sample = RequestSample(
            RequestTrace(
                inputTokens: 100, intendedStart: ms(1000), sent: ms(1005),
                events: [event(1055), event(1075, 3), event(1080), event(1105, 2)],
                end: ms(1110)))
        #expect(sample.outputTokens == 7)
        #expect(sample.lateness == 5)
        #expect(sample.ttft == 55)
        #expect(sample.ttftFromSending == 50)
        #expect(sample.endToEnd == 105)
        #expect(sample.endToEndFromSending == 100)
        // 50 ms for the 6 tokens after the first.
        #expect(sample.tpot == 50.0 / 6)
        #expect(sample.gaps == [20, 5, 25])
        #expect(sample.gapTokens == [3, 1, 2])
        #expect(sample.normalizedLatency == 15)
        #expect(sample.outputRate == 7 / 0.105)
        #expect(sample.totalRate == 107 / 0.105)
    }

    @Test func aFirstEventOfSeveralTokensHasNoPartInTPOT() {
        let sample = RequestSample(
            RequestTrace(
                inputTokens: 1, intendedStart: 0, sent: 0, events: [event(10, 4), event(30, 4)],
                end: ms(30)))
        #expect(sample.tpot == 5)
    }

    @Test func oneTokenHasNoTPOTAndNoGap() {
        let sample = RequestSample(
            RequestTrace(
                inputTokens: 8, intendedStart: 0, sent: 0, events: [event(12)], end: ms(13),
                outcome: .endedEarly))
        #expect(sample.ttft == 12)
        #expect(sample.endToEnd == 12)
        #expect(sample.tpot == nil)
        #expect(sample.gaps.isEmpty)
    }

    @Test func whatBrokeOffHasAFirstTokenButNoEnd() {
        let sample = RequestSample(
            RequestTrace(
                inputTokens: 8, intendedStart: 0, sent: ms(1), events: [event(10), event(20)],
                end: ms(25), outcome: .failed(reason: "connection reset")))
        #expect(sample.ttft == 10)
        #expect(sample.gaps == [10])
        #expect(sample.endToEnd == nil)
        #expect(sample.tpot == nil)
        #expect(sample.outputRate == nil)
        #expect(sample.normalizedLatency == nil)
    }

    @Test func whatWasNeverSentHasNothing() {
        let sample = RequestSample(
            RequestTrace(
                inputTokens: 8, intendedStart: 0, sent: nil, outcome: .refused(reason: "429")))
        #expect(sample.lateness == nil)
        #expect(sample.ttft == nil)
        #expect(sample.endToEnd == nil)
        #expect(sample.outputTokens == 0)
    }
}

func ms(_ milliseconds: UInt64) -> UInt64 { milliseconds * 1_000_000 }

func event(_ milliseconds: UInt64, _ tokens: Int = 1) -> RequestTrace.Event {
    RequestTrace.Event(time: ms(milliseconds), tokens: tokens)
}
