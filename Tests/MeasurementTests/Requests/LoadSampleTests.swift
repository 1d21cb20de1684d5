import Measurement
import Testing

/// Requests together, by hand; all stamps in milliseconds.
@Suite struct LoadSampleTests {
    /// Four requests that start apart: one ends early, one fails, one is refused.
    ///
    ///     ms    0   100   200   300   400   500   1000
    ///     a     s----1-----2-----3e                      ok, 3 tokens
    ///     b     | late s---1-----2e                      ended early, 2 tokens
    ///     c           s----1e                            failed, 1 token
    ///     d                              |               refused at 1000, never sent
    private static let requests = [
        RequestTrace(
            inputTokens: 10, intendedStart: 0, sent: 0,
            events: [event(100), event(200), event(300)], end: ms(300)),
        RequestTrace(
            inputTokens: 20, intendedStart: ms(0), sent: ms(50),
            events: [event(150), event(250)], end: ms(250), outcome: .endedEarly),
        RequestTrace(
            inputTokens: 30, intendedStart: ms(100), sent: ms(100), events: [event(200)],
            end: ms(200), outcome: .failed(reason: "reset")),
        RequestTrace(
            inputTokens: 40, intendedStart: ms(400), sent: nil,
            outcome: .refused(reason: "queue full")),
    ]

    @Test func ratesAreOverTheWindow() {
        let load = LoadSample(Observation(requests: Self.requests))
        // From 0 to the last end, of those that had one: 300 ms.
        #expect(load.seconds == 0.3)
        #expect(load.requestRate == 2 / 0.3)
        #expect(load.outputRate == 6 / 0.3)
        #expect(load.totalRate == (6 + 60) / 0.3)
        // 300 + 200 + 100 ms in flight.
        #expect(near(load.concurrency, 2))
        #expect(load.peakConcurrency == 3)
        // λ = 2/0.3 s, W = (300 + 200)/2 ms.
        #expect(near(load.littleRatio, 2 / 0.3 * 0.25 / 2))
    }

    @Test func timesAreOfThoseThatHaveThem() throws {
        let load = LoadSample(Observation(requests: Self.requests))
        #expect(load.requests.count == 4)
        #expect(try #require(load.statistics(\.ttft)).sorted == [100, 100, 150])
        #expect(try #require(load.statistics(\.endToEnd)).sorted == [250, 300])
        #expect(try #require(load.statistics(\.lateness)).sorted == [0, 0, 50])
        #expect(try #require(load.gaps).sorted == [100, 100, 100])
        #expect(load.tokensPerEvent == 1)
    }

    @Test func goodputCountsWhatKeptTheLimits() {
        let load = LoadSample(Observation(requests: Self.requests))
        #expect(load.goodput(LoadSample.Limits()) == 2 / 0.3)
        #expect(load.goodput(LoadSample.Limits(ttft: 120)) == 1 / 0.3)
        #expect(load.goodShare(LoadSample.Limits(ttft: 150, endToEnd: 250)) == 0.25)
        #expect(load.goodShare(LoadSample.Limits(tpot: 99)) == 0)
    }

    @Test func whatStillRunsEndsWithTheWindow() {
        let load = LoadSample(
            Observation(requests: [
                RequestTrace(
                    inputTokens: 1, intendedStart: 0, sent: 0, events: [event(50)], end: ms(100)),
                RequestTrace(
                    inputTokens: 1, intendedStart: 0, sent: ms(20), events: [event(60)],
                    outcome: .cutOff(reason: "time is up")),
            ]))
        #expect(near(load.concurrency, 1.8))
        #expect(load.requestRate == 10)
    }

    @Test func oneAfterTheOtherIsNeverTwo() {
        let load = LoadSample(
            Observation(
                requests: (0..<3).map { (index: UInt64) in
                    RequestTrace(
                        inputTokens: 1, intendedStart: ms(index * 10), sent: ms(index * 10),
                        events: [event(index * 10 + 5)], end: ms(index * 10 + 10))
                }))
        #expect(load.peakConcurrency == 1)
        #expect(near(load.concurrency, 1))
    }

    @Test func nothingGivesNothing() {
        let load = LoadSample(Observation(requests: []))
        #expect(load.requestRate == nil)
        #expect(load.concurrency == nil)
        #expect(load.littleRatio == nil)
        #expect(load.goodShare(LoadSample.Limits()) == nil)
        #expect(load.statistics(\.ttft) == nil)
    }

    /// A batch in lock step as requests says what its sample says, to the last digit.
    @Test func aBatchInLockStepIsRequestsThatShareATimeline() throws {
        let steps = [(0, 1, 61, 64), (64, 65, 85, 86), (86, 88, 108, 109)].map {
            StepStamps(
                loopTop: ms(1000 + $0.0), inputsPrepared: ms(1000 + $0.1),
                forwardDone: ms(1000 + $0.2), tokenBooked: ms(1000 + $0.3))
        }
        let trace = Trace(callEntry: ms(1000), callEnd: ms(1110), steps: steps)
        let shape = Shape(batch: 4, inputLength: 16, outputLength: 3)
        let sample = Sample(shape: shape, detail: trace)
        let observation = Observation(
            lockStep: trace, sequences: 4, inputTokens: 16, outputTokens: 3)
        #expect(observation.isLockStep)
        #expect(observation.requests.count == 1)
        let load = LoadSample(observation)
        #expect(load.requests.count == 4)
        for request in load.requests {
            #expect(request.ttft == sample.ttft)
            #expect(request.tpot == sample.tpot)
            #expect(request.gaps == sample.gaps)
        }
        #expect(load.outputRate == sample.outputRate)
        #expect(load.peakConcurrency == 4)
        #expect(load.concurrency == 4)
    }

    private func near(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) <= 1e-12 * expected } ?? false
    }
}
