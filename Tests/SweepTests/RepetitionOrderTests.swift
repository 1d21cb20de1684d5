import Measurement
import Sweep
import TestSupport
import Testing

/// In which order a runner repeats, and when it stops.
struct RepetitionOrderTests {
    private let journal = Journal()

    private var grid: Grid {
        var grid = Grid(
            batches: [1], pairs: [LengthPair(4, 3), LengthPair(8, 2)], repetitions: 2, warmup: 0)
        grid.isInterleaved = true
        return grid
    }

    private func run(
        _ grid: Grid, engine: ScriptedEngine? = nil, after earlier: EarlierResults = .init(),
        isCancelled: @escaping () -> Bool = { false }
    ) throws -> RecordingSink {
        let sink = RecordingSink(journal: journal)
        _ = try Runner(
            grid.expand(), engine: engine ?? ScriptedEngine(journal: journal), sink: sink,
            isCancelled: isCancelled
        ).run(after: earlier)
        return sink
    }

    @Test func interleavedRepetitionsGoRoundThePoints() throws {
        _ = try run(grid)
        #expect(
            journal.entries == [
                "begin 2",
                "prepare b1-i4-o3", "run b1-i4-o3", "record b1-i4-o3 0",
                "prepare b1-i8-o2", "run b1-i8-o2", "record b1-i8-o2 0",
                "prepare b1-i4-o3", "run b1-i4-o3", "record b1-i4-o3 1",
                "prepare b1-i8-o2", "run b1-i8-o2", "record b1-i8-o2 1",
                "finish b1-i4-o3 ok", "finish b1-i8-o2 ok",
                "end completed",
            ])
    }

    /// The rows come in the order of the plan, also where a later point is done first.
    @Test func aPointThatFailsLeavesTheRoundAndKeepsItsPlace() throws {
        let engine = ScriptedEngine(journal: journal)
        engine.faults = [.init("b1-i8-o2", .run(call: 0), .fail("no"))]
        let sink = try run(grid, engine: engine)
        #expect(sink.results.map(\.status) == [.ok, .failed])
        #expect(journal.entries.count { $0 == "prepare b1-i8-o2" } == 1)
        #expect(sink.results[0].repetitions.count == 2)
    }

    @Test func cancellingARoundKeepsWhatEveryPointHas() throws {
        let sink = RecordingSink(journal: journal)
        let outcome = try Runner(
            grid.expand(), engine: ScriptedEngine(), sink: sink,
            isCancelled: { sink.repetitions.count == 3 }
        ).run()
        #expect(outcome.ending == .interrupted)
        #expect(sink.results.map(\.repetitions.count) == [2, 1])
    }

    @Test func everyRoundMayHaveAProcessOfItsOwn() throws {
        var grid = grid
        grid.restartsEveryRound = true
        _ = try run(grid)
        let order = journal.entries.filter { $0 == "restart" || $0.hasPrefix("record") }
        #expect(
            order == [
                "record b1-i4-o3 0", "record b1-i8-o2 0", "restart", "record b1-i4-o3 1",
                "record b1-i8-o2 1",
            ])
    }

    /// First and last of each block, and nothing of it in a row.
    @Test func theControlCellIsTheCheapestAndRunsFirstAndLast() throws {
        var grid = Grid(
            batches: [2, 1], pairs: [LengthPair(8, 2), LengthPair(4, 3)], warmup: 0)
        grid.controlRuns = 2
        grid.settings[.threads] = [1, 2]
        let sink = try run(grid)
        let controls = journal.entries.filter { $0.hasPrefix("control") }
        #expect(
            controls == [
                "control 0 b1-i4-o3-t1", "control 0 b1-i4-o3-t1",
                "control 1 b1-i4-o3-t1", "control 1 b1-i4-o3-t1",
                "control 2 b1-i4-o3-t2", "control 2 b1-i4-o3-t2",
                "control 3 b1-i4-o3-t2", "control 3 b1-i4-o3-t2",
            ])
        let first = try #require(journal.entries.firstIndex { $0.hasPrefix("record") })
        #expect(journal.entries[..<first].contains("control 0 b1-i4-o3-t1"))
        #expect(sink.results.count == 8)
        #expect(sink.results.allSatisfy { $0.repetitions.count == 1 })
    }

    @Test func aSinglePointNeedsNoControl() throws {
        var grid = Grid(batches: [1], pairs: [LengthPair(4, 3)], warmup: 0)
        grid.controlRuns = 3
        _ = try run(grid)
        #expect(!journal.entries.contains { $0.hasPrefix("control") })
    }

    /// Each block of one setting has its own warm-up, at its own largest sizes.
    @Test func everySettingOfTheMachineIsWarmedUp() throws {
        var grid = Grid(batches: [1, 2], pairs: [LengthPair(4, 3)], warmup: 1)
        grid.settings[.numa] = ["local", "interleave"]
        _ = try run(grid)
        #expect(
            journal.entries.filter { $0.hasPrefix("prepare") } == [
                "prepare b2-i4-o3-local", "prepare b1-i4-o3-local", "prepare b2-i4-o3-local",
                "prepare b2-i4-o3-interleave", "prepare b1-i4-o3-interleave",
                "prepare b2-i4-o3-interleave",
            ])
    }

    /// Equal times: the interval has no width as soon as there is one.
    @Test func repeatingEndsWhenTheIntervalIsNarrow() throws {
        var grid = Grid(batches: [1], pairs: [LengthPair(4, 3)], warmup: 0)
        grid.convergence = Convergence(relativeHalfWidth: 0.02)
        let sink = try run(grid)
        #expect(sink.repetitions.map(\.index) == [0, 1, 2, 3, 4, 5, 6])
    }

    /// A response time of 2 or 3 ms in turns: the interval stays wide until the time is over.
    @Test func repeatingEndsWhenTheTimeIsOver() throws {
        var calls = 0
        let engine = ScriptedEngine(journal: journal) { _, step in
            if step == 0 { calls += 1 }
            return .init(pre: 0, forward: 1_000_000 + UInt64(calls % 2) * 500_000, post: 0)
        }
        var grid = Grid(batches: [1], pairs: [LengthPair(4, 2)], warmup: 0)
        grid.convergence = Convergence(relativeHalfWidth: 0.02, maxSeconds: 0.025)
        let sink = try run(grid, engine: engine)
        // 3 + 2 + 3 + … ms reach 25 ms with the tenth.
        #expect(sink.repetitions.count == 10)
        #expect(sink.results[0].status == .ok)
    }

    /// The same times: neither a time that is over at once nor a narrow interval ends it before the
    /// fewest, and nothing goes beyond the most.
    @Test(arguments: [(0.001, 0.5, 9), (60, 0.02, 12)])
    func repeatingKeepsToItsBounds(seconds: Double, width: Double, count: Int) throws {
        var calls = 0
        let engine = ScriptedEngine(journal: journal) { _, step in
            if step == 0 { calls += 1 }
            return .init(pre: 0, forward: 1_000_000 + UInt64(calls % 2) * 500_000, post: 0)
        }
        var grid = Grid(batches: [1], pairs: [LengthPair(4, 2)], repetitions: 9, warmup: 0)
        grid.convergence = Convergence(
            relativeHalfWidth: width, maxSeconds: seconds, mostRepetitions: 12)
        #expect(try run(grid, engine: engine).repetitions.count == count)
    }

    @Test func repeatingGoesOnFromWhatIsThere() throws {
        var grid = Grid(batches: [1], pairs: [LengthPair(4, 3)], warmup: 0)
        grid.convergence = Convergence(relativeHalfWidth: 0.02)
        let whole = try run(grid)
        var earlier = EarlierResults()
        earlier.repetitions = [whole.repetitions[0].point: Array(whole.repetitions[..<4])]
        let rest = try run(grid, after: earlier)
        #expect(rest.repetitions.map(\.index) == [4, 5, 6])
        #expect(rest.results[0].repetitions.map(\.seed) == whole.repetitions.map(\.seed))
    }

    /// The first runs take ever less; then four in a row take the same.
    @Test func warmingUpEndsWhenTheTimeIsFlat() throws {
        var calls: UInt64 = 0
        let engine = ScriptedEngine(journal: journal) { _, step in
            if step == 0 { calls += 1 }
            return .init(pre: 0, forward: 1_000_000 + (calls < 4 ? 1_000_000 / calls : 0), post: 0)
        }
        var grid = Grid(batches: [1], pairs: [LengthPair(4, 2)], warmup: 0)
        grid.warmsUpUntilFlat = true
        let sink = try run(grid, engine: engine)
        // Runs 1, 2, 3 fall; of 4…7 the trend is 0, and no four before have one that small.
        #expect(calls == 8)
        #expect(sink.repetitions.count == 1)
    }

    @Test func warmingUpThatNeverGetsFlatEnds() throws {
        var calls: UInt64 = 0
        let engine = ScriptedEngine(journal: journal) { _, step in
            if step == 0 { calls += 1 }
            return .init(pre: 0, forward: 1_000_000 * (calls + 1), post: 0)
        }
        var grid = Grid(batches: [1], pairs: [LengthPair(4, 2)], warmup: 0)
        grid.warmsUpUntilFlat = true
        _ = try run(grid, engine: engine)
        #expect(calls == 12 + 1)
    }
}
