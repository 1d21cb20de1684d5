import Foundation
import Measurement
import Sweep
import TestSupport
import Testing

/// A sweep over an engine whose requests start apart, end early, fail and bring several tokens at once.
struct RequestEngineTests {
    private static func ms(_ time: UInt64) -> UInt64 { time * 1_000_000 }

    private static func event(_ time: UInt64, _ tokens: Int) -> RequestTrace.Event {
        RequestTrace.Event(time: ms(time), tokens: tokens)
    }

    /// A second of three requests, of which one breaks.
    private static let requests = [
        RequestTrace(
            inputTokens: 8, intendedStart: ms(100), sent: ms(110),
            events: [event(200, 1), event(240, 2), event(300, 2)], end: ms(310)),
        RequestTrace(
            inputTokens: 4, intendedStart: ms(200), sent: ms(200),
            events: [event(260, 1), event(320, 1)], end: ms(330), outcome: .endedEarly),
        RequestTrace(
            inputTokens: 4, intendedStart: ms(300), sent: ms(350), events: [event(900, 1)],
            end: ms(1100), outcome: .failed(reason: "the connection was closed")),
    ]

    private static var grid: Grid {
        Grid(batches: [3], pairs: [LengthPair(8, 5)], repetitions: 2, warmup: 0)
    }

    private func run(_ observation: Observation) throws -> (Outcome, [Repetition]) {
        let sink = RecordingSink()
        let outcome = try Runner(
            Self.grid.expand(), engine: RequestEngine([observation]), sink: sink
        ).run()
        return (outcome, sink.repetitions)
    }

    @Test func samplesAreMeansOverTheRequestsAndRatesOverTheWindow() throws {
        let (outcome, repetitions) = try run(Observation(requests: Self.requests))
        #expect(outcome.statuses == [.ok])
        let repetition = try #require(repetitions.first)
        #expect(repetition.outputHash == nil)
        #expect(repetition.conditions.isEmpty && repetition.roof == nil)
        let sample = repetition.sample
        // From the intended starts: 100, 60 and 600 ms.
        let ttft: Double = 760 / 3
        #expect(sample.ttft == ttft)
        // 4 tokens in 100 ms after the first, 1 in 60 ms; the one that broke has none.
        #expect(sample.tpot == 42.5)
        #expect(sample.gaps == [40, 60, 60])
        // From 100 to 1100 ms: 8 tokens of answers.
        #expect(sample.responseTime == 1)
        #expect(sample.outputRate == 8)
        // The documents' times are those of steps, and of no requests.
        #expect(sample.forwardFirst == nil && sample.forwardNext == nil && sample.prefill == nil)
        #expect(sample.decodeRate == nil && sample.prefillRate == nil)
        #expect(sample.remarks == [])
        #expect(sample.load.requestRate == 2)
        #expect(sample.load.totalRate == 24)
    }

    @Test func answersThatComeWholeHaveNoFirstToken() throws {
        let whole = RequestTrace(
            inputTokens: 8, intendedStart: 0, sent: 0, events: [Self.event(500, 5)],
            isStreamed: false, end: Self.ms(500))
        let sample = try #require(try run(Observation(requests: [whole])).1.first).sample
        #expect(sample.ttft == nil && sample.tpot == nil && sample.gaps.isEmpty)
        #expect(sample.outputRate == 10)
        #expect(sample.load.statistics(\.endToEnd)?.mean == 500)
        #expect(sample.remarks == [.notStreamed])
    }

    @Test func anAnswerWithoutATokenIsNoGoodOne() throws {
        let empty = RequestTrace(inputTokens: 8, intendedStart: 0, sent: 0, end: 5)
        let sink = RecordingSink()
        let outcome = try Runner(
            Self.grid.expand(), engine: RequestEngine([Observation(requests: [empty])]), sink: sink
        ).run()
        #expect(outcome.statuses == [.failed])
        #expect(
            sink.results.first?.reason
                == "request 0 is said to have come out well, without a token")
    }

    /// A server may say that something came, and nothing is there.
    @Test func anEventWithoutATokenIsAnErrorOfTheEngine() throws {
        let request = RequestTrace(
            inputTokens: 8, intendedStart: 0, sent: 0,
            events: [Self.event(1, 0), Self.event(2, 1)], end: Self.ms(3))
        let sink = RecordingSink()
        _ = try Runner(
            Self.grid.expand(), engine: RequestEngine([Observation(requests: [request])]),
            sink: sink
        ).run()
        #expect(sink.results.first?.reason == "request 0 with an event of 0 tokens")
    }

    @Test func requestsThatAllBrokeDidNotComeWhole() throws {
        let refused = RequestTrace(
            inputTokens: 8, intendedStart: 0, sent: nil, outcome: .refused(reason: "no place"))
        let sample = try #require(try run(Observation(requests: [refused])).1.first).sample
        #expect(sample.remarks == [] && sample.outputTokens == 0)
    }

    /// The other method needs calls.
    @Test func theNormalMethodRefusesAnEngineWithoutSteps() throws {
        var grid = Self.grid
        grid.method = .normal
        let sink = RecordingSink()
        _ = try Runner(
            grid.expand(), engine: RequestEngine([Observation(requests: Self.requests)]), sink: sink
        ).run()
        #expect(
            sink.results.first?.reason
                == "the engine stamps no calls, which the normal method needs")
    }

    /// What files and pipes have of an observation is all of it.
    @Test func recordsGiveBackWhatWasSeen() throws {
        let shape = Shape(batch: 3, inputLength: 8, outputLength: 5)
        let trace = Trace(
            callEntry: 1, callEnd: 9,
            steps: [StepStamps(loopTop: 2, inputsPrepared: 3, forwardDone: 4, tokenBooked: 5)])
        let refused = RequestTrace(
            inputTokens: 1, intendedStart: 7, sent: nil, outcome: .refused(reason: "no place"))
        for observation in [
            Observation(requests: Self.requests),
            Observation(requests: Self.requests + [refused], steps: trace, outputHash: 7),
            Observation(
                lockStep: trace, sequences: 3, inputTokens: 8, outputTokens: 1, outputHash: 7),
            Observation(
                lockStep: Trace(callEntry: 1, callEnd: 9, steps: [], stampsSteps: false),
                sequences: 3, inputTokens: 8, outputTokens: 5),
            Observation(requests: [
                RequestTrace(
                    inputTokens: 1, intendedStart: 0, sent: 1,
                    events: [RequestTrace.Event(time: 9, tokens: 4)], isStreamed: false,
                    isEndKnown: false, outcome: .cutOff(reason: "time is up"))
            ]),
        ] {
            let record = ObservationRecord(observation)
            let hash = observation.outputHash
            #expect(try record.observation(of: shape, outputHash: hash) == observation)
        }
    }

    @Test(arguments: [
        (#"{}"#, "without its entry"),
        (#"{"entry_ns":0,"end_ns":9,"steps_ns":[[1,2,3]]}"#, "four stamps"),
        (#"{"entry_ns":0,"end_ns":9,"sequences":0,"tokens":1}"#, "0 sequences"),
        (
            #"{"entry_ns":0,"end_ns":9,"sequences":1,"tokens":99999999999}"#,
            "and 99999999999 tokens"
        ),
        (
            #"{"requests":[{"input_tokens":1,"intended_start_ns":0,"events_ns_tokens":[[5,0]],"outcome":"ok"}]}"#,
            "an event of 0 tokens"
        ),
        (
            #"{"requests":[{"input_tokens":1,"intended_start_ns":0,"events_ns_tokens":[[5,1],[4,1]],"outcome":"ok"}]}"#,
            "order of their times"
        ),
        (
            #"{"requests":[{"input_tokens":-1,"intended_start_ns":0,"events_ns_tokens":[],"outcome":"ok"}]}"#,
            "prompt of -1 tokens"
        ),
        (
            #"{"requests":[{"input_tokens":1,"intended_start_ns":0,"events_ns_tokens":[],"outcome":"fine"}]}"#,
            "the outcome \"fine\""
        ),
    ])
    func recordsThatCannotBeAreRefused(text: String, says: String) throws {
        let record = try JSONDecoder().decode(ObservationRecord.self, from: Data(text.utf8))
        let error = #expect(throws: ObservationRecord.Failure.self) {
            try record.observation(of: Shape(batch: 1, inputLength: 1, outputLength: 1))
        }
        #expect(error?.description.contains(says) == true, "\(error?.description ?? "")")
    }
}
