import Basics
import Measurement
import Sweep
import Testing

struct MaxBatchSearchTests {
    private static func probe(_ batch: Int, passes: Bool) -> Probe {
        Probe(
            point: Point(batch: batch, inputLength: 8, outputLength: 4),
            status: passes ? .ok : .oom, reason: passes ? nil : "too much", predictedBytes: nil,
            peakBytes: nil, observation: nil)
    }

    private static func tried(_ result: MaxBatchSearch.Result) -> [Int] {
        result.probes.map(\.point.batch)
    }

    @Test func withoutAPredictionItDoublesThenHalves() {
        let result = MaxBatchSearch(range: 1...64).run { Self.probe($0, passes: $0 <= 11) }
        #expect(result.batch == 11)
        #expect(Self.tried(result) == [1, 2, 4, 8, 16, 12, 10, 11, 11])
        #expect(result.notes == [])
    }

    @Test func aGoodPredictionTakesTwoProbesAndAConfirmation() {
        let result = MaxBatchSearch(range: 1...64, predicted: 11).run {
            Self.probe($0, passes: $0 <= 11)
        }
        #expect(result.batch == 11)
        #expect(Self.tried(result) == [11, 12, 11])
    }

    @Test(arguments: 1...40, [nil, 1, 7, 20, 39, 40])
    func theBoundaryIsTriedFromBothSides(_ limit: Int, _ predicted: Int?) {
        let result = MaxBatchSearch(range: 1...40, confirmations: 2, predicted: predicted).run {
            Self.probe($0, passes: $0 <= limit)
        }
        #expect(result.batch == limit)
        #expect(Self.tried(result).count { $0 == limit } == 3)
        #expect(limit == 40 || Self.tried(result).contains(limit + 1))
        #expect(result.notes.isEmpty == (limit < 40))
    }

    @Test func aPredictionThatIsALittleTooHighTakesFewProbes() {
        let result = MaxBatchSearch(range: 1...1024, predicted: 123).run {
            Self.probe($0, passes: $0 <= 121)
        }
        #expect(result.batch == 121)
        #expect(Self.tried(result) == [123, 122, 120, 121, 121])
    }

    @Test func nothingFits() {
        let result = MaxBatchSearch(range: 2...8).run { Self.probe($0, passes: false) }
        #expect(result.batch == nil)
        #expect(Self.tried(result) == [2])
    }

    @Test func anAnswerThatFailsWhenTriedAgainMakesWay() {
        var count = 0
        let result = MaxBatchSearch(range: 1...8).run { batch in
            if batch == 4 { count += 1 }
            return Self.probe(batch, passes: batch < 4 || batch == 4 && count == 1)
        }
        #expect(result.batch == 3)
        #expect(
            result.notes.map(\.en) == [
                "batch 4 passed once and failed once: the limit is within the noise"
            ])
    }

    private static func timed(_ batch: Int, isSlow: Bool) -> Probe {
        Probe(
            point: Point(batch: batch, inputLength: 8, outputLength: 4), status: .ok,
            reason: isSlow ? "too slow" : nil, predictedBytes: nil, peakBytes: nil, observation: nil
        )
    }

    @Test func aBatchThatIsTooSlowIsTriedTwice() {
        let result = MaxBatchSearch(range: 1...64).run { Self.timed($0, isSlow: $0 > 3) }
        #expect(result.batch == 3)
        #expect(Self.tried(result) == [1, 2, 4, 3, 3, 4])
        #expect(result.notes == [])
    }

    /// A disturbance at batch 2 and 3 must not decide what the largest batch is.
    @Test func aDisturbanceDoesNotDecide() {
        var calls = 0
        let result = MaxBatchSearch(range: 1...64).run { batch in
            calls += 1
            return Self.timed(batch, isSlow: batch > 5 || (3...4).contains(calls))
        }
        // Slow by chance: 4 and 3. Then 3, 4 and 5 pass, and 6 does not, twice.
        #expect(result.batch == 5)
        #expect(Self.tried(result) == [1, 2, 4, 3, 2, 3, 3, 4, 8, 6, 5, 5, 6])
        #expect(result.notes.count == 2)
    }

    @Test func aLargerBatchThatIsFasterIsSaid() {
        // Milliseconds of a step at batch 1, 2 and 4.
        let times = [1: 20.0, 2: 30, 4: 22]
        let result = MaxBatchSearch(range: 1...4, confirmations: 0).run { batch in
            Probe(
                point: Point(batch: batch, inputLength: 8, outputLength: 2), status: .ok,
                reason: nil, predictedBytes: nil, peakBytes: nil,
                observation: Observation(
                    lockStep: Self.trace(tpot: times[batch] ?? 0), sequences: batch,
                    inputTokens: 8, outputTokens: 2))
        }
        #expect(result.notes.count == 2)
        #expect(result.notes[1].en.hasPrefix("TPOT falls from batch 2 to batch 4"))
    }

    @Test func aCancelledSearchSaysSo() {
        var count = 0
        func probe(_ batch: Int) -> Probe {
            count += 1
            return Self.probe(batch, passes: true)
        }
        let result = MaxBatchSearch(range: 1...64).run(probe, isCancelled: { count == 2 })
        #expect(result.batch == nil)
        #expect(result.probes.count == 2)
        #expect(result.notes.map(\.en) == ["ended before the search was done"])
    }

    /// First token after 10 ms, the second `tpot` later.
    private static func trace(tpot: Double) -> Trace {
        let end = 11_000_000 + UInt64(tpot * 1e6)
        return Trace(
            callEntry: 1_000_000, callEnd: end,
            steps: [
                StepStamps(
                    loopTop: 1_000_000, inputsPrepared: 1_000_000, forwardDone: 11_000_000,
                    tokenBooked: 11_000_000),
                StepStamps(
                    loopTop: 11_000_000, inputsPrepared: 11_000_000, forwardDone: end,
                    tokenBooked: end),
            ])
    }

    @Test func limitsOnTimeNameWhatIsBroken() {
        let shape = Shape(batch: 1, inputLength: 4, outputLength: 2)
        let sample = Sample(shape: shape, detail: Self.trace(tpot: 20))
        #expect(TimeLimits(ttft: 10, tpot: 20).broken(by: sample) == nil)
        #expect(
            TimeLimits(ttft: 9.5).broken(by: sample)?.en
                == "TTFT of 10.0 ms is over the limit of 9.5 ms")
        #expect(
            TimeLimits(ttft: 50, tpot: 19).broken(by: sample)?.en
                == "TPOT of 20.0 ms is over the limit of 19.0 ms")
        #expect(TimeLimits().isEmpty)
    }
}
