import Measurement

/// How long the rest of a sweep takes: the calls, as ``CostModel`` predicts them, and what lies
/// between them, as it took so far.
///
/// Counted are the repetitions of every point, the warm-ups, the runs of the control cell and the
/// first calls of new processes; for each repetition the roof and the writing; for each preparation
/// the session and, where it starts one, the process. What was not seen yet costs nothing, so a first
/// estimate is low by the start of processes under other settings.
struct Forecast {
    private struct Cell {
        let point: Point
        /// nil where it is repeated until known well enough, and too little is known yet.
        var repetitionsLeft: Int?
        var repetitionsDone: Int
        /// Runs that warm it up are over.
        var isWarm = false
    }

    private struct Block {
        let cells: Range<Int>
        let warmupPoint: Point
        let controlPoint: Point?
        var warmupsLeft = 0
        var controlRunsLeft = 0
    }

    private let grid: Grid
    private var cells: [Cell]
    private var blocks: [Block] = []
    private var models: [Parameters: CostModel] = [:]
    private var latest = CostModel()
    /// A session's memory costs as much as the rest of getting ready at 512 positions, until seen.
    private var preparation = LinearFit(prior: [1, 1.0 / 512])
    private var processStart = Mean()
    private var roof = Mean()
    /// Of a repetition or a run of the control cell, apart from its calls and the roof.
    private var overhead = Mean()
    private var flatRuns = Mean()
    /// Where points are repeated until they are known: the share of the finished ones that were
    /// before their time was over, and the repetitions that those needed.
    private var shareKnown = Mean()
    private var repetitionsNeeded = Mean()

    init(_ plan: Plan, _ runs: [PointRun]) {
        grid = plan.grid
        cells = runs.map {
            Cell(
                point: $0.point, repetitionsLeft: $0.repetitionsLeft,
                repetitionsDone: $0.repetitions.count, isWarm: $0.isDone)
        }
        var next = 0
        for points in plan.blocks {
            let range = next..<next + points.count
            next = range.upperBound
            let control = points.count > 1 ? Plan.controlPoint(of: points) : nil
            var block = Block(
                cells: range, warmupPoint: Plan.warmupPoint(of: points), controlPoint: control)
            if runs[range].contains(where: { !$0.isDone }) {
                block.warmupsLeft = grid.warmup
                block.controlRunsLeft = control == nil ? 0 : 2 * grid.controlRuns
            }
            blocks.append(block)
        }
        for run in runs {
            for repetition in run.repetitions { observe(repetition.sample, of: run.point) }
        }
    }
}

// MARK: - Learning

extension Forecast {
    mutating func observe(_ sample: Sample, of point: Point) {
        var model = models[point.setting] ?? latest.successor
        model.observe(sample)
        models[point.setting] = model
        latest = model
    }

    mutating func prepared(_ point: Point, seconds: Double, startedProcess: Bool) {
        if startedProcess {
            processStart.add(seconds)
        } else {
            preparation.observe(Self.preparationFeatures(point), seconds: seconds)
        }
    }

    mutating func measuredRoof(seconds: Double) { roof.add(seconds) }

    mutating func spentBesideCalls(seconds: Double) { overhead.add(max(0, seconds)) }

    mutating func warmedUp(_ run: PointRun, runs: Int) {
        cells[run.cell - 1].isWarm = true
        if runs > 0 { flatRuns.add(Double(runs)) }
    }

    /// A repetition of the point ended, in whatever way.
    mutating func update(_ run: PointRun) {
        cells[run.cell - 1].repetitionsLeft = run.repetitionsLeft
        cells[run.cell - 1].repetitionsDone = run.repetitions.count
        if grid.convergence != nil, run.isDone, run.failure == nil {
            shareKnown.add(run.isKnown ? 1 : 0)
            if run.isKnown { repetitionsNeeded.add(Double(run.repetitions.count)) }
        }
    }

    mutating func expect(warmups: Int, inBlock block: Int) {
        blocks[block].warmupsLeft = warmups
    }

    mutating func expect(controlRuns: Int, inBlock block: Int) {
        blocks[block].controlRunsLeft = controlRuns
    }
}

// MARK: - Predicting

extension Forecast {
    /// The times of a call of a point; nil before anything ran.
    func times(of point: Point) -> CallTimes? {
        (models[point.setting] ?? latest).times(of: point.shape)
    }

    /// The seconds of all that is left; nil before anything ran.
    ///
    /// - Parameters:
    ///   - prepared: the point that the engine is ready for.
    ///   - runningBlock: the number of the block that has begun.
    ///   - isCold: whether the engine has begun anew and is still to be started.
    func remainingSeconds(prepared: Point?, runningBlock: Int, isCold: Bool) -> Double? {
        var sum = 0.0
        for (index, block) in blocks.enumerated() {
            guard let seconds = remainingSeconds(of: block, prepared: prepared) else { return nil }
            sum += seconds
            let begins = index > runningBlock && seconds > 0
            if begins { sum += processStart.value ?? 0 }
            if isCold, index == runningBlock { sum += startingAnew(block) }
        }
        return sum
    }

    private func remainingSeconds(of block: Block, prepared: Point?) -> Double? {
        var sum = 0.0
        if block.warmupsLeft > 0 {
            guard let call = call(block.warmupPoint) else { return nil }
            sum += Double(block.warmupsLeft) * call
            if prepared != block.warmupPoint { sum += preparing(block.warmupPoint) }
        }
        if let point = block.controlPoint, block.controlRunsLeft > 0 {
            guard let call = call(point) else { return nil }
            let groups = (block.controlRunsLeft + grid.controlRuns - 1) / grid.controlRuns
            sum += Double(block.controlRunsLeft) * (call + (overhead.value ?? 0))
            sum += Double(groups) * preparing(point)
        }
        let open = block.cells.filter { cells[$0].repetitionsLeft != 0 }
        let goesRound = grid.isInterleaved && open.count > 1
        var rounds = 0.0
        for index in open {
            let cell = cells[index]
            guard let call = call(cell.point) else { return nil }
            let repetitions = self.repetitions(of: cell, call: call)
            let preparations =
                goesRound ? repetitions : prepared == cell.point ? 0 : 1
            sum += repetitions * (call + (overhead.value ?? 0) + (roof.value ?? 0))
            sum += preparations * (preparing(cell.point) + (roof.value ?? 0))
            if grid.warmsUpUntilFlat, !cell.isWarm {
                sum += (flatRuns.value ?? Double(Flatness.window)) * call
            }
            rounds = max(rounds, repetitions)
        }
        if grid.restartsEveryRound, rounds > 1 { sum += (rounds - 1) * startingAnew(block) }
        return sum
    }

    /// A new process, and its first call, which is not measured.
    private func startingAnew(_ block: Block) -> Double {
        let first = block.cells.first { cells[$0].repetitionsLeft != 0 }
        return (processStart.value ?? 0) + (first.flatMap { call(cells[$0].point) } ?? 0)
    }

    private func repetitions(of cell: Cell, call: Double) -> Double {
        if let left = cell.repetitionsLeft { return Double(left) }
        let needed = repetitionsNeeded.value ?? Double(Convergence.fewestRepetitions)
        guard let convergence = grid.convergence, call > 0 else { return needed }
        let most = max(
            Double(grid.repetitions), (convergence.maxSeconds / call).rounded(.up))
        let known = shareKnown.value ?? 1
        let expected = known * min(needed, most) + (1 - known) * most
        return max(1, expected - Double(cell.repetitionsDone))
    }

    private func call(_ point: Point) -> Double? {
        (models[point.setting] ?? latest).seconds(of: point.shape, method: grid.method)
    }

    private func preparing(_ point: Point) -> Double {
        preparation.seconds(Self.preparationFeatures(point)) ?? 0
    }

    private static func preparationFeatures(_ point: Point) -> [Double] {
        [1, Double(point.batch) * Double(point.inputLength + point.outputLength)]
    }
}
