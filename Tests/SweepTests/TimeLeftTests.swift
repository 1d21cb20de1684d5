import Measurement
import Sweep
import TestSupport
import Testing

/// How long a sweep says it will still take, held against how long it then took.
struct TimeLeftTests {
    private let clock = ManualClock()
    private let progress = RecordingProgress()

    /// What calls take: seconds of the first token are (a + b·B·L + c·B·L²), of a step
    /// (d + e·B + f·B·C), each call and each step off by some noise.
    struct Law: CustomTestStringConvertible {
        /// The prompt length at which attention takes as long as the products.
        var attention: Double
        /// What a sequence adds to a step, and what a token of context of it does, as shares of
        /// reading the weights.
        var sequence: Double
        var context: Double
        /// The largest error of a call, as a share.
        var noise = 0.05

        var testDescription: String { "\(attention), \(sequence), 1/\(1 / context)" }

        func seconds(_ workload: Workload, _ step: Int) -> Double {
            let batch = Double(workload.batch)
            let length = Double(workload.inputLength)
            return step == 0
                ? 0.02 + 0.001 * batch * length * (1 + length / attention)
                : 0.02 * (1 + batch * (sequence + context * (length + Double(step))))
        }
    }

    /// From products alone to attention above all.
    static let laws = [
        Law(attention: 12000, sequence: 0.01, context: 1 / 20000),
        Law(attention: 3000, sequence: 0.05, context: 1 / 3000),
        Law(attention: 800, sequence: 0.2, context: 1 / 800),
        Law(attention: 800, sequence: 0.01, context: 1 / 20000),
        Law(attention: 12000, sequence: 0.2, context: 1 / 800),
    ]

    private func engine(
        _ law: Law, speed: @escaping (Point) -> Double = { _ in 1 }
    ) -> ScriptedEngine {
        var generator = SeededGenerator(seed: 7)
        var factor = 1.0
        var setting = 1.0
        let engine = ScriptedEngine(clock: clock) { workload, step in
            if step == 0 {
                factor = Double.random(in: 1 - law.noise...1 + law.noise, using: &generator)
            }
            let jitter = Double.random(in: 0.98...1.02, using: &generator)
            let seconds = law.seconds(workload, step) * factor * jitter / setting
            return .init(pre: 0, forward: UInt64(seconds * 1e9), post: 0)
        }
        engine.preparation = { point, isNew in
            setting = speed(point)
            let positions = point.batch * (point.inputLength + point.outputLength)
            return 20_000_000 + UInt64(positions) * 100_000 + (isNew ? 5_000_000_000 : 0)
        }
        engine.roofTime = 200_000_000
        return engine
    }

    /// The largest error of the time left, from the given share of the whole time on: as a share of
    /// the time then left, where errors of less than 1 % of the whole time do not count, and as a
    /// share of the whole time.
    private func worstError(
        _ grid: Grid, _ engine: ScriptedEngine, from share: Double = 0.25,
        after earlier: EarlierResults = EarlierResults()
    ) throws -> (ofLeft: Double, ofWhole: Double) {
        let began = clock.now
        _ = try Runner(
            grid.expand(), engine: engine, sink: RecordingSink(), progress: progress,
            clock: { clock.now }
        ).run(after: earlier)
        let whole = Double(clock.now - began) / 1e9
        var worst = (ofLeft: 0.0, ofWhole: 0.0)
        for time in progress.times where time.elapsedSeconds >= share * whole {
            let left = whole - time.elapsedSeconds
            let error = abs(try #require(time.remainingSeconds) - left)
            worst.ofWhole = max(worst.ofWhole, error / whole)
            if error > 0.01 * whole { worst.ofLeft = max(worst.ofLeft, error / left) }
        }
        return worst
    }

    @Test(arguments: laws, [0, 1])
    func theDocumentsGrid(law: Law, warmup: Int) throws {
        var grid = Grid(.documents)
        grid.warmup = warmup
        grid.controlRuns = 5
        let error = try worstError(grid, engine(law))
        #expect(error.ofLeft < 0.2)
    }

    @Test(arguments: laws)
    func everyPowerOfTwoByTwoCalls(law: Law) throws {
        var grid = Grid(batches: [1, 4], pairs: try Grid.powersOfTwo(from: 5, through: 10))
        grid.method = .normal
        grid.warmup = 0
        let error = try worstError(grid, engine(law))
        #expect(error.ofLeft < 0.2)
    }

    /// Half of that time is between the calls.
    @Test func shortCallsInProcessesOfTheirOwn() throws {
        var grid = Grid(.quick)
        grid.repetitions = 6
        grid.isInterleaved = true
        grid.restartsEveryRound = true
        grid.controlRuns = 5
        let error = try worstError(grid, engine(Self.laws[1]))
        #expect(error.ofLeft < 0.2)
    }

    @Test func onceEveryPointRanItIsKnownAsWellAsTheNoiseAllows() throws {
        var grid = Grid(.documents)
        grid.repetitions = 4
        grid.isInterleaved = true
        let error = try worstError(grid, engine(Self.laws[2]))
        #expect(error.ofLeft < 0.05)
    }

    /// The second setting is half as fast again: told by its warm-up.
    @Test func anotherSettingOfTheMachine() throws {
        var grid = Grid(.quick)
        grid.settings[.threads] = [1, 2]
        grid.repetitions = 3
        let engine = engine(Self.laws[1]) { $0.setting[.threads] == 2 ? 1.5 : 1 }
        let error = try worstError(grid, engine, from: 0.6)
        #expect(error.ofLeft < 0.2)
    }

    /// As many as 20 s allow, for calls from 0.4 to 3 s: nobody knows beforehand.
    @Test func repetitionsUntilTheTimeOfACellIsOver() throws {
        var grid = Grid(.quick)
        grid.convergence = Convergence(relativeHalfWidth: 0.0001, maxSeconds: 20)
        grid.warmsUpUntilFlat = true
        let error = try worstError(grid, engine(Self.laws[1]))
        #expect(error.ofLeft < 0.2)
    }

    /// The longest is left, and three others are known from the report that is resumed.
    @Test func aResumedSweepKnowsWhatItMeasured() throws {
        var grid = Grid(batches: [1], pairs: [256, 512, 1024, 2048].map { LengthPair($0, $0) })
        grid.warmup = 0
        let sink = RecordingSink()
        let engine = engine(Self.laws[1])
        _ = try Runner(grid.expand(), engine: engine, sink: sink, clock: { clock.now }).run()
        var earlier = EarlierResults()
        for repetition in sink.repetitions[..<3] {
            earlier.repetitions[repetition.point] = [repetition]
        }
        let error = try worstError(grid, engine, from: 0, after: earlier)
        #expect(error.ofLeft < 0.1)
    }
}

/// What is said of the cells.
struct PredictionTests {
    private let clock = ManualClock()
    private let progress = RecordingProgress()

    private func run(_ grid: Grid, _ engine: ScriptedEngine) throws {
        _ = try Runner(
            grid.expand(), engine: engine, sink: RecordingSink(), progress: progress,
            clock: { clock.now }
        ).run()
    }

    private var cells: [CellProgress] {
        progress.events.compactMap {
            if case .finished(let cell, _, _, _) = $0 { cell } else { nil }
        }
    }

    /// 2 µs a prompt token, 10 µs a step: the second cell is what the first one says.
    @Test func aCellIsPredictedFromThoseBeforeIt() throws {
        let engine = ScriptedEngine(clock: clock) { workload, step in
            .init(
                pre: 0, forward: step == 0 ? UInt64(2000 * workload.inputLength) : 10_000, post: 0)
        }
        var grid = Grid(
            batches: [1], pairs: [LengthPair(400, 5), LengthPair(800, 5)], repetitions: 2,
            warmup: 0)
        grid.pairs.append(LengthPair(600, 9))
        try run(grid, engine)
        #expect(cells[0].predicted == nil)
        #expect(cells[0].measured?.ttft == 0.8)
        #expect(cells[0].measured?.tpot == 0.01)
        // 5 tokens in 840 µs.
        #expect(abs(try #require(cells[0].measured?.outputRate) - 5952.38) < 0.01)
        let third = try #require(cells[2].predicted)
        #expect(abs(try #require(third.ttft) - 1.2) < 0.02)
        #expect(abs(try #require(third.tpot) - 0.01) < 0.0002)
        #expect(abs(try #require(third.outputRate) - 9 / 1.28e-3) < 100)
    }

    /// As long as the one before: 16 + 14 µs, and 1 µs before and after each.
    @Test func callsWithoutStampsArePredictedAsWhole() throws {
        var grid = Grid(batches: [2], pairs: [LengthPair(8, 2)], repetitions: 2, warmup: 0)
        grid.stampsSteps = false
        try run(grid, ScriptedEngine(clock: clock))
        #expect(progress.remainingSeconds[0] == nil)
        #expect(abs(try #require(progress.remainingSeconds[1]) - 34e-6) < 1e-9)
        #expect(cells[0].predicted == nil)
    }

    @Test func aFailedCellLeavesNoTimeBehind() throws {
        let engine = ScriptedEngine(clock: clock)
        engine.faults = [.init("b1-i4-o3", .prepare, .fail("no"))]
        let grid = Grid(
            batches: [1], pairs: [LengthPair(4, 3), LengthPair(8, 2), LengthPair(8, 3)])
        try run(grid, engine)
        // Warmed up at b1-i8-o3, known to take 10 and twice 14 µs; b1-i8-o2 takes one step less.
        let left = try #require(progress.remainingSeconds[1])
        #expect(abs(left - (24e-6 + 38e-6)) < 1e-6)
        #expect(progress.times.last?.remainingSeconds == 38e-6)
    }
}
