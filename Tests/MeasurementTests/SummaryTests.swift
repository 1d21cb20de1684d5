import Measurement
import Testing

struct SummaryTests {
    /// Two steps; the first forward as long as given, the next token after it as long as given.
    private static func sample(first: UInt64, next: UInt64) -> Sample {
        let start: UInt64 = 1_000_000
        let middle = start + first * 1_000_000
        let end = middle + next * 1_000_000
        return Sample(
            shape: Shape(batch: 2, inputLength: 10, outputLength: 2),
            detail: Trace(
                callEntry: start, callEnd: end,
                steps: [
                    StepStamps(
                        loopTop: start, inputsPrepared: start, forwardDone: middle,
                        tokenBooked: middle),
                    StepStamps(
                        loopTop: middle, inputsPrepared: middle, forwardDone: end,
                        tokenBooked: end),
                ]))
    }

    @Test func ratesAreRatiosOfSums() throws {
        let summary = try #require(
            Summary([Self.sample(first: 10, next: 10), Self.sample(first: 30, next: 50)]))
        // 40 prompt tokens in 40 ms; 4 tokens in 60 ms; 8 tokens in 100 ms.
        #expect(abs(try #require(summary.prefillRate) - 1000) < 1e-9)
        #expect(abs(try #require(summary.decodeRate) - 4 / 0.060) < 1e-9)
        #expect(abs(try #require(summary.outputRate) - 80) < 1e-9)
    }

    @Test func gapsAreOfAllRepetitions() throws {
        let summary = try #require(
            Summary([Self.sample(first: 10, next: 10), Self.sample(first: 30, next: 50)]))
        #expect(summary.gaps?.sorted == [10, 50])
    }

    @Test func statisticsOfAMetricAreOverItsRepetitions() throws {
        let summary = try #require(
            Summary([Self.sample(first: 10, next: 10), Self.sample(first: 30, next: 50)]))
        #expect(summary.statistics(of: \.ttft)?.mean == 20)
        #expect(summary.statistics(of: \.responseTime)?.maximum == 0.08)
    }

    @Test(arguments: [([30, 10, 20], 20), ([40, 10, 30, 20], 20), ([7], 7), ([9, 3], 3)])
    func representativeIsTheMedianOrTheLowerMiddle(firsts: [UInt64], median: Double) throws {
        let summary = try #require(Summary(firsts.map { Self.sample(first: $0, next: 1) }))
        #expect(summary.representative.forwardFirst == median)
    }

    @Test func noSamplesHaveNoSummary() {
        #expect(Summary([]) == nil)
    }

    @Test func remarksAreSaidOnce() throws {
        func call(_ entry: UInt64, _ end: UInt64) -> Observation {
            Observation(
                lockStep: Trace(callEntry: entry, callEnd: end, steps: [], stampsSteps: false),
                sequences: 1, inputTokens: 1, outputTokens: 1)
        }
        let single = Sample(
            shape: Shape(batch: 1, inputLength: 1, outputLength: 1),
            normalOne: call(0, 5), all: call(5, 9))
        let summary = try #require(Summary([single, single]))
        #expect(summary.remarks == [.singleToken, .estimated])
    }
}
