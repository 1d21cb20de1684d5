import Measurement
import Testing

/// Traces of the precise timing-point method, computed by hand.
///
/// Stamps are in milliseconds here.
struct SampleDetailTests {
    private static let shape = Shape(batch: 2, inputLength: 8, outputLength: 3)

    /// Entry 100; three steps; end 200.
    private static let three = trace(
        entry: 100, end: 200,
        [[102, 103, 143, 145], [146, 147, 157, 160], [161, 163, 183, 187]])

    private static func trace(entry: UInt64, end: UInt64, _ steps: [[UInt64]]) -> Trace {
        Trace(
            callEntry: entry * 1_000_000, callEnd: end * 1_000_000,
            steps: steps.map {
                StepStamps(
                    loopTop: $0[0] * 1_000_000, inputsPrepared: $0[1] * 1_000_000,
                    forwardDone: $0[2] * 1_000_000, tokenBooked: $0[3] * 1_000_000)
            })
    }

    @Test func timesOfThreeStepsMatchHandComputation() {
        let sample = Sample(shape: Self.shape, detail: Self.three)
        #expect(sample.method == .detail)
        #expect(sample.responseTime == 0.1)
        #expect(sample.methodNanoseconds == 100e6)
        #expect(sample.ttft == 45)
        #expect(sample.preFirst == 1)
        #expect(sample.forwardFirst == 40)
        #expect(sample.prefill == 40)
        #expect(sample.postFirst == 2)
        #expect(sample.preNext == 1.5)
        #expect(sample.forwardNext == 15)
        #expect(sample.postNext == 3.5)
        #expect(sample.gaps == [15, 27])
        #expect(sample.tpot == 21)
        #expect(sample.remarks == [])
    }

    @Test func ratesCountTheWholeBatch() throws {
        let sample = Sample(shape: Self.shape, detail: Self.three)
        // 2·8 prompt tokens in 40 ms; 2·2 tokens in 42 ms; 2·3 tokens in 100 ms.
        #expect(sample.prefillRate == 400)
        #expect(abs(try #require(sample.decodeRate) - 4 / 0.042) < 1e-9)
        #expect(sample.outputRate == 60)
    }

    @Test func oneTokenHasNoNextTimes() {
        let sample = Sample(
            shape: Shape(batch: 1, inputLength: 4, outputLength: 1),
            detail: Self.trace(entry: 0, end: 20, [[1, 2, 12, 15]]))
        #expect(sample.ttft == 15)
        #expect(sample.forwardFirst == 10)
        #expect(sample.forwardNext == nil)
        #expect(sample.preNext == nil)
        #expect(sample.postNext == nil)
        #expect(sample.tpot == nil)
        #expect(sample.decodeRate == nil)
        #expect(sample.gaps == [])
        #expect(sample.outputRate == 50)
        #expect(sample.remarks == [.singleToken])
    }

    @Test func twoTokensTakeTheirNextTimesFromTheSecond() {
        let sample = Sample(
            shape: Shape(batch: 1, inputLength: 4, outputLength: 2),
            detail: Self.trace(entry: 0, end: 40, [[1, 2, 12, 15], [16, 18, 30, 31]]))
        #expect(sample.preNext == 2)
        #expect(sample.forwardNext == 12)
        #expect(sample.postNext == 1)
        #expect(sample.gaps == [16])
        #expect(sample.tpot == 16)
    }

    @Test func withoutStepsOnlyTheCallIsTimed() {
        let sample = Sample(
            shape: Self.shape,
            detail: Trace(callEntry: 0, callEnd: 50_000_000, steps: [], stampsSteps: false))
        #expect(sample.responseTime == 0.05)
        #expect(sample.outputRate == 120)
        #expect(sample.ttft == nil)
        #expect(sample.forwardFirst == nil)
        #expect(sample.tpot == nil)
        #expect(sample.remarks == [.stepsNotStamped])
    }

    @Test func partsAddUpToNoMoreThanTheResponseTime() throws {
        let sample = Sample(shape: Self.shape, detail: Self.three)
        let next =
            try #require(sample.preNext) + #require(sample.forwardNext)
            + #require(sample.postNext)
        let first = try #require(sample.forwardFirst)
        let parts = first + 2 * next
        // What is left: call entry to P1(1), post of step 1, between the steps, to the end.
        #expect(sample.responseNanoseconds / 1e6 - parts == 3 + 2 + 1 + 1 + 13)
        let ttft = try #require(sample.ttft)
        #expect(ttft + sample.gaps.reduce(0, +) + 13 == sample.responseNanoseconds / 1e6)
    }

    @Test func stampsInAnyOrderDoNotCrash() {
        let sample = Sample(
            shape: Shape(batch: 1, inputLength: 1, outputLength: 2),
            detail: Self.trace(entry: 9, end: 1, [[8, 7, 6, 5], [4, 3, 2, 1]]))
        #expect(sample.responseTime == -0.008)
        #expect(sample.forwardNext == -1)
        #expect(sample.outputRate == nil)
    }
}
