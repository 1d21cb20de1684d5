import Measurement
import Testing

/// Traces of the conventional estimate, computed by hand.
struct SampleNormalTests {
    private static func sample(
        outputLength: Int, one: ClosedRange<UInt64>, all: ClosedRange<UInt64>
    ) -> Sample {
        Sample(
            shape: Shape(batch: 4, inputLength: 10, outputLength: outputLength),
            normalOne: call(one, tokens: 1), all: call(all, tokens: outputLength))
    }

    /// A call between two times in milliseconds.
    private static func call(_ times: ClosedRange<UInt64>, tokens: Int) -> Observation {
        Observation(
            lockStep: Trace(
                callEntry: times.lowerBound * 1_000_000, callEnd: times.upperBound * 1_000_000,
                steps: [], stampsSteps: false),
            sequences: 4, inputTokens: 10, outputTokens: tokens)
    }

    @Test func nextTimeIsEstimatedFromBothCalls() throws {
        let sample = Self.sample(outputLength: 5, one: 10...30, all: 35...135)
        #expect(sample.method == .normal)
        #expect(sample.forwardFirst == 20)
        #expect(sample.ttft == 20)
        #expect(sample.forwardNext == 20)
        #expect(sample.tpot == 20)
        #expect(sample.decodeRate == 200)
        #expect(sample.remarks == [.estimated])
    }

    @Test func responseTimeIsTheLongCallAndTheMethodBoth() {
        let sample = Self.sample(outputLength: 5, one: 10...30, all: 35...135)
        #expect(sample.responseTime == 0.1)
        #expect(sample.methodNanoseconds == 125e6)
        #expect(sample.outputRate == 200)
    }

    @Test func partsOfAStepAreNotKnown() {
        let sample = Self.sample(outputLength: 5, one: 10...30, all: 35...135)
        #expect(sample.prefill == nil)
        #expect(sample.prefillRate == nil)
        #expect(sample.preNext == nil)
        #expect(sample.postNext == nil)
        #expect(sample.gaps == [])
    }

    @Test func oneTokenHasNoEstimate() {
        let sample = Self.sample(outputLength: 1, one: 10...30, all: 35...56)
        #expect(sample.forwardFirst == 20)
        #expect(sample.forwardNext == nil)
        #expect(sample.tpot == nil)
        #expect(sample.remarks == [.singleToken, .estimated])
    }

    @Test func twoTokensDivideByOne() {
        #expect(Self.sample(outputLength: 2, one: 0...20, all: 20...53).forwardNext == 13)
    }

    @Test func negativeEstimateIsKeptAndRemarked() {
        let sample = Self.sample(outputLength: 3, one: 0...30, all: 30...56)
        #expect(sample.forwardNext == -2)
        #expect(sample.decodeRate == nil)
        #expect(sample.remarks == [.estimated, .negativeEstimate])
    }
}
