import Measurement
import Sweep
import TestSupport
import Testing

struct RunnerTests {
    private let journal = Journal()
    private let clock = ManualClock()
    private let progress = RecordingProgress()

    private func engine(_ faults: [ScriptedEngine.Fault] = []) -> ScriptedEngine {
        let engine = ScriptedEngine(clock: clock, journal: journal)
        engine.faults = faults
        return engine
    }

    private static let grid = Grid(
        batches: [1, 2], pairs: [LengthPair(4, 3), LengthPair(8, 2)], repetitions: 2)

    @Test func warmUpThenPointsInOrderEachRepetitionHandedOnAtOnce() throws {
        let sink = RecordingSink(journal: journal)
        var grid = Self.grid
        grid.pairs = [LengthPair(4, 3)]
        let outcome = try Runner(grid.expand(), engine: engine(), sink: sink).run()
        #expect(
            journal.entries == [
                "begin 2",
                "prepare b2-i4-o3", "run b2-i4-o3",
                "prepare b1-i4-o3",
                "run b1-i4-o3", "record b1-i4-o3 0", "run b1-i4-o3", "record b1-i4-o3 1",
                "finish b1-i4-o3 ok",
                "prepare b2-i4-o3",
                "run b2-i4-o3", "record b2-i4-o3 0", "run b2-i4-o3", "record b2-i4-o3 1",
                "finish b2-i4-o3 ok",
                "end completed",
            ])
        #expect(outcome.ending == .completed)
        #expect(outcome.statuses == [.ok, .ok])
    }

    /// One measurement between two repetitions serves both.
    @Test func theRoofIsMeasuredRightBeforeAndAfterEachRepetition() throws {
        let sink = RecordingSink(journal: journal)
        var grid = Self.grid
        grid.batches = [1]
        grid.pairs = [LengthPair(4, 3)]
        grid.warmup = 0
        let engine = engine()
        engine.roofs = [1.0, 3, 5].map { Roof(readBytesPerSecond: $0, operationsPerSecond: 8) }
        _ = try Runner(grid.expand(), engine: engine, sink: sink).run()
        #expect(
            journal.entries == [
                "begin 1", "prepare b1-i4-o3", "roof",
                "run b1-i4-o3", "roof", "record b1-i4-o3 0",
                "run b1-i4-o3", "roof", "record b1-i4-o3 1",
                "finish b1-i4-o3 ok", "end completed",
            ])
        #expect(sink.repetitions.map(\.roof?.readBytesPerSecond) == [2, 4])
    }

    @Test func whatAnEarlierRunMeasuredIsNotMeasuredAgain() throws {
        var grid = Self.grid
        grid.warmup = 0
        let plan = try grid.expand()
        let whole = RecordingSink()
        _ = try Runner(plan, engine: engine(), sink: whole).run()

        // All of the first point, the second repetition of the second one; the third was skipped.
        var earlier = EarlierResults()
        for repetition in whole.repetitions[..<2] + [whole.repetitions[3]] {
            earlier.repetitions[repetition.point, default: []].append(repetition)
        }
        earlier.outcomes[plan.points[2]] = .init(status: .skipped, reason: "too large")
        journal.clear()
        let sink = RecordingSink(journal: journal)
        let outcome = try Runner(plan, engine: engine(), sink: sink).run(after: earlier)
        #expect(
            journal.entries == [
                "begin 4", "finish b1-i4-o3 ok",
                "prepare b1-i8-o2", "run b1-i8-o2", "record b1-i8-o2 0", "finish b1-i8-o2 ok",
                "finish b2-i4-o3 skipped",
                "prepare b2-i8-o2", "run b2-i8-o2", "record b2-i8-o2 0", "run b2-i8-o2",
                "record b2-i8-o2 1", "finish b2-i8-o2 ok", "end completed",
            ])
        #expect(outcome.statuses == [.ok, .ok, .skipped, .ok])
        #expect(sink.results[0].repetitions == whole.results[0].repetitions)
        #expect(sink.results[1].repetitions.map(\.seed) == whole.results[1].repetitions.map(\.seed))
        #expect(sink.results[2].reason == "too large")
    }

    @Test func nothingRunsWhenNothingIsMissing() throws {
        let plan = try Self.grid.expand()
        let whole = RecordingSink()
        _ = try Runner(plan, engine: engine(), sink: whole).run()
        var earlier = EarlierResults()
        earlier.repetitions = Dictionary(grouping: whole.repetitions, by: \.point)
        journal.clear()
        _ = try Runner(plan, engine: engine(), sink: RecordingSink()).run(after: earlier)
        #expect(journal.entries == [])
    }

    @Test(arguments: [0, 1, 3])
    func warmUpRunsAsOftenAsAskedAtTheLargestSizes(count: Int) throws {
        var grid = Self.grid
        grid.warmup = count
        grid.batches = [1]
        _ = try Runner(grid.expand(), engine: engine(), sink: RecordingSink(), progress: progress)
            .run()
        let runs = journal.entries.prefix { $0 != "prepare b1-i4-o3" }
        #expect(runs.count { $0 == "run b1-i8-o3" } == count)
        #expect(
            progress.events.compactMap { event -> String? in
                guard case .warmup(let point, let index, let count, _) = event else { return nil }
                return "warm-up \(point) \(index)/\(count)"
            }[...]
                == (0..<count).map {
                    "warm-up b1-i8-o3 \($0 + 1)/\(count)"
                }[...])
    }

    @Test func failedWarmUpIsAWarningAndThePointsRun() throws {
        let sink = RecordingSink()
        let failing = engine([.init("b2-i8-o3", .prepare, .skip("needs 9 GiB of 8 GiB"))])
        let outcome = try Runner(
            Self.grid.expand(), engine: failing, sink: sink, progress: progress
        )
        .run()
        #expect(outcome.statuses == [.ok, .ok, .ok, .ok])
        let warning = "the warm-up at b2-i8-o3 failed: needs 9 GiB of 8 GiB"
        #expect(outcome.warnings == [warning])
        #expect(progress.warnings == [warning])
    }

    @Test func failedCellIsARowAndTheSweepGoesOn() throws {
        let sink = RecordingSink()
        let failing = engine([.init("b1-i8-o2", .run(call: 1), .fail("lost\na page"))])
        let outcome = try Runner(Self.grid.expand(), engine: failing, sink: sink).run()
        #expect(outcome.statuses == [.ok, .failed, .ok, .ok])
        #expect(outcome.ending == .completed)
        #expect(sink.results[1].reason == "lost a page")
        #expect(sink.results[1].repetitions.count == 1)
        #expect(sink.results[2].repetitions.count == 2)
    }

    @Test func cellThatCannotBePreparedNeverRuns() throws {
        let sink = RecordingSink(journal: journal)
        let refusing = engine([.init("b1-i4-o3", .prepare, .skip("does not fit"))])
        let outcome = try Runner(Self.grid.expand(), engine: refusing, sink: sink).run()
        #expect(outcome.statuses == [.skipped, .ok, .ok, .ok])
        #expect(sink.results[0].reason == "does not fit")
        #expect(!journal.entries.contains("run b1-i4-o3"))
    }

    @Test func shortCompletionFailsTheCell() throws {
        let sink = RecordingSink()
        let short = engine([.init("b2-i4-o3", .run(call: 0), .short(by: 1))])
        _ = try Runner(Self.grid.expand(), engine: short, sink: sink).run()
        #expect(sink.results[2].status == .failed)
        #expect(
            sink.results[2].reason
                == "sequence 0 has 2 of 3 tokens: the engine did not generate what was asked")
    }

    @Test func unstampedCallFailsTheCell() throws {
        let sink = RecordingSink()
        let broken = engine([.init("b1-i4-o3", .run(call: 0), .unstamped)])
        _ = try Runner(Self.grid.expand(), engine: broken, sink: sink).run()
        #expect(sink.results[0].status == .failed)
        #expect(sink.results[0].reason == "the engine did not stamp its whole call")
    }

    @Test func detailTimesAreThoseOfTheScript() throws {
        let sink = RecordingSink()
        _ = try Runner(Self.grid.expand(), engine: engine(), sink: sink).run()
        // b2-i8-o2: forward 2·8 µs, then 10 + 2·2 µs; 1 µs before and after each.
        let sample = sink.results[3].repetitions[0].sample
        #expect(sample.forwardFirst == 0.016)
        #expect(sample.forwardNext == 0.014)
        #expect(sample.preNext == 0.001)
        #expect(sample.postNext == 0.001)
        #expect(sample.responseNanoseconds == 34_000)
    }

    @Test func normalMethodRunsOneTokenThenAllWithoutStampingSteps() throws {
        let sink = RecordingSink(journal: journal)
        var grid = Self.grid
        grid.method = .normal
        grid.batches = [2]
        grid.pairs = [LengthPair(4, 3)]
        grid.repetitions = 1
        grid.warmup = 0
        _ = try Runner(grid.expand(), engine: engine(), sink: sink).run()
        #expect(
            journal.entries.filter { $0.hasPrefix("run") } == ["run b2-i4-o1", "run b2-i4-o3"])
        let repetition = try #require(sink.repetitions.first)
        // One call takes 8 + 2 µs, a further step 14 + 2 µs.
        #expect(repetition.sample.forwardFirst == 0.010)
        #expect(repetition.sample.forwardNext == 0.016)
        guard case .normal(let one, let all) = repetition.calls else {
            Issue.record("not the normal method")
            return
        }
        #expect(!(one.steps?.stampsSteps ?? true) && !(all.steps?.stampsSteps ?? true))
    }

    @Test func withoutStampsOnlyTheCallIsTimedAndAWarningSaysWhy() throws {
        let sink = RecordingSink()
        var grid = Self.grid
        grid.stampsSteps = false
        let outcome = try Runner(grid.expand(), engine: engine(), sink: sink).run()
        #expect(sink.repetitions.allSatisfy { $0.sample.forwardFirst == nil })
        #expect(sink.repetitions.allSatisfy { $0.sample.responseNanoseconds > 0 })
        #expect(outcome.warnings.count == 1)
        #expect(outcome.warnings.first?.contains("TIMEIT=0") == true)
    }

    @Test func cancellationKeepsTheRepetitionsThatRan() throws {
        let sink = RecordingSink()
        let runner = try Runner(
            Self.grid.expand(), engine: engine(), sink: sink,
            isCancelled: { sink.repetitions.count == 3 })
        let outcome = try runner.run()
        #expect(outcome.ending == .interrupted)
        #expect(sink.results.map(\.repetitions.count) == [2, 1])
        #expect(sink.outcomes == [outcome])
    }

    @Test func cancellationBetweenPointsStartsNoOther() throws {
        let sink = RecordingSink(journal: journal)
        let runner = try Runner(
            Self.grid.expand(), engine: engine(), sink: sink,
            isCancelled: { sink.results.count == 1 })
        let outcome = try runner.run()
        #expect(outcome.ending == .interrupted)
        #expect(!journal.entries.contains("prepare b1-i8-o2"))
    }

    @Test func failingSinkEndsTheSweepAndIsToldSo() throws {
        let sink = RecordingSink()
        sink.failingRecord = 1
        #expect(throws: RecordingSink.Failure()) {
            try Runner(Self.grid.expand(), engine: engine(), sink: sink).run()
        }
        #expect(sink.repetitions.count == 1)
        #expect(sink.outcomes.map(\.ending) == [.failed])
    }

    @Test func sameGridGivesTheSameOutputs() throws {
        let first = RecordingSink()
        let second = RecordingSink()
        let plan = try Self.grid.expand()
        _ = try Runner(plan, engine: engine(), sink: first).run()
        _ = try Runner(plan, engine: engine(), sink: second).run()
        #expect(first.repetitions.map(\.outputHash) == second.repetitions.map(\.outputHash))
        #expect(Set(first.repetitions.map(\.outputHash)).count == 8)
    }

    @Test func progressCountsCellsAndRepetitions() throws {
        _ = try Runner(
            Self.grid.expand(), engine: engine(), sink: RecordingSink(), progress: progress
        )
        .run()
        let places = progress.events.compactMap { event -> [Int]? in
            guard case .repetition(let cell, let index, let count, _) = event else { return nil }
            return [cell.cell, cell.cellCount, index, count ?? 0]
        }
        #expect(places.count == 8)
        #expect(places[0] == [1, 4, 1, 2])
        #expect(places[7] == [4, 4, 2, 2])
    }
}
