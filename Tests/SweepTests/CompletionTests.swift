import Sweep
import TestSupport
import Testing

struct CompletionTests {
    @Test func countsAreOfEachSequence() {
        #expect(Completion(sequences: [[1, 2, 3], [4]]).tokenCounts == [3, 1])
    }

    @Test func hashTellsIdsAndWhereSequencesEnd() {
        let hashes = [
            [[1, 2], [3]], [[1], [2, 3]], [[2, 1], [3]], [[1, 2, 3]], [[1, 2], [4]],
        ].map { Completion(sequences: $0).outputHash }
        #expect(Set(hashes).count == hashes.count)
    }

    /// Reports have these numbers.
    @Test func hashIsThatOfLengthsAndIdsInEightBytesEach() {
        #expect(Completion(sequences: [[1, 2], [3]]).outputHash == 0x995f_8714_d6d5_dea6)
    }

    @Test func hashDoesNotDependOnTheIntegerType() {
        #expect(
            Completion(sequences: [[Int32(7), 151_935]])
                == Completion(sequences: [[UInt64(7), 151_935]]))
    }

    /// FNV-1a over no byte is its offset basis.
    @Test func hashOfNothingIsTheOffsetBasis() {
        #expect(Completion(sequences: [[Int]]()).outputHash == 0xCBF2_9CE4_8422_2325)
    }

    @Test func scriptedEngineKeepsTheContract() throws {
        let violations = try EngineContract.violations(
            of: ScriptedEngine(), at: Point(batch: 2, inputLength: 4, outputLength: 3),
            onRealClock: false)
        #expect(violations == [])
    }

    @Test func contractFindsAShortAnswer() throws {
        let engine = ScriptedEngine()
        engine.faults = [.init("b2-i4-o3", .run(call: 0), .short(by: 1))]
        let violations = try EngineContract.violations(
            of: engine, at: Point(batch: 2, inputLength: 4, outputLength: 3), onRealClock: false)
        #expect(violations.contains("every sequence has exactly the tokens asked for"))
    }

    @Test func memoryEstimateNeverOverflows() {
        #expect(
            MemoryEstimate(weightsBytes: .max, kvCacheBytes: 1, scratchBytes: 1).totalBytes == .max)
        #expect(
            MemoryEstimate(weightsBytes: 5, kvCacheBytes: 3, scratchBytes: 2).totalBytes == 10)
    }
}
