import Measurement

/// Runs a plan, block by block: warms up, then measures each point, each repetition handed on at once.
///
/// A point that fails is a row and the sweep goes on; only a sink that fails ends it.
package final class Runner {
    private let engine: any Engine
    private let sink: any Sink
    private let progress: (any Progress)?
    private let isCancelled: () -> Bool

    private var plan: Plan
    private var outcome = Outcome()
    private var timings = CostModel()
    private var remaining = CostModel.Load()
    private var controlGroups = 0
    /// What the engine is ready for; nil if it is not known.
    private var prepared: Prepared?

    /// What holds for all runs of a point, asked once.
    private struct Prepared {
        let point: Point
        let costs: PhaseCosts?
        let memoryEstimate: MemoryEstimate?
        /// The last measurement: one between two repetitions serves both.
        var roof: Roof?
    }

    /// - Parameters:
    ///   - engine: What runs the points.
    ///   - sink: Where results go.
    ///   - progress: Who is told how it gets on.
    ///   - isCancelled: Asked between repetitions; true ends the sweep in order.
    package init(
        _ plan: Plan, engine: any Engine, sink: any Sink, progress: (any Progress)? = nil,
        isCancelled: @escaping () -> Bool = { false }
    ) {
        self.plan = plan
        self.engine = engine
        self.sink = sink
        self.progress = progress
        self.isCancelled = isCancelled
    }

    /// Runs the plan to its end, or to its cancellation.
    ///
    /// - Parameter earlier: What an earlier run of the same plan measured: only what is missing
    ///   runs. A point that came out otherwise than ok is not tried again.
    /// - Throws: The first error of the sink, after the sink was told that the sweep failed.
    package func run(after earlier: EarlierResults = EarlierResults()) throws -> Outcome {
        outcome = Outcome()
        timings = CostModel()
        controlGroups = earlier.controlGroups
        prepared = nil
        let runs = plan.points.enumerated().map { index, point in
            PointRun(point, cell: index + 1, in: plan.grid, after: earlier)
        }
        remaining = runs.reduce(into: CostModel.Load()) {
            $0 += load(of: $1.point) * $1.expectedRepetitions
        }
        do {
            try sink.begin(plan)
            for note in plan.notes { warn(note) }
            if plan.grid.method == .detail, !plan.grid.stampsSteps {
                warn("steps are not stamped (TIMEIT=0): first, next, pre and post times stay empty")
            }
            var first = 0
            for block in plan.blocks where outcome.ending == .completed {
                try measure(Array(runs[first..<first + block.count]))
                first += block.count
            }
        } catch {
            outcome.ending = .failed
            outcome.warnings.append(oneLine(error))
            // The first error is the one to report.
            try? sink.end(outcome)
            throw error
        }
        try sink.end(outcome)
        return outcome
    }
}

// MARK: - A block

extension Runner {
    /// Measures the points of one block and hands their rows on in the order of the plan.
    private func measure(_ block: [PointRun]) throws {
        var runs = block
        let points = runs.map(\.point)
        var finished = 0
        try finish(runs, from: &finished)
        if runs.contains(where: { !$0.isDone }) {
            warmUp(Plan.warmupPoint(of: points))
            try runControl(of: points)
        }
        repeat {
            for index in runs.indices where !runs[index].isDone {
                repeat {
                    if isCancelled() {
                        outcome.ending = .interrupted
                        break
                    }
                    try measureOnce(&runs[index])
                } while !plan.grid.isInterleaved && !runs[index].isDone
                if outcome.ending == .interrupted { break }
                if !plan.grid.isInterleaved { try finish(runs, from: &finished) }
            }
            try finish(runs, from: &finished)
        } while outcome.ending == .completed && runs.contains { !$0.isDone }
        if outcome.ending == .interrupted {
            for run in runs[finished...] { try finish(run) }
        } else if block.contains(where: { !$0.isDone }) {
            try runControl(of: points)
        }
    }

    /// Hands on the rows of the points that are done, up to the first that is not.
    private func finish(_ runs: [PointRun], from next: inout Int) throws {
        while next < runs.count, runs[next].isDone {
            try finish(runs[next])
            next += 1
        }
    }

    private func finish(_ run: PointRun) throws {
        guard let result = run.result else { return }
        try sink.finish(result)
        outcome.statuses.append(result.status)
        progress?.report(
            .finished(
                run.point, cell: run.cell, cellCount: plan.points.count, status: result.status,
                reason: result.reason))
    }

    /// A warm-up that fails is no reason to stop: the points may be smaller, and say so themselves.
    private func warmUp(_ point: Point) {
        guard plan.grid.warmup > 0 else { return }
        do {
            for index in 1...plan.grid.warmup {
                if isCancelled() { return }
                progress?.report(.warmup(point, index: index, count: plan.grid.warmup))
                if index == 1 { try prepare(point) }
                timings.observe(try runOnce(point, index: 0).sample)
            }
        } catch {
            prepared = nil
            warn("the warm-up at \(point) failed: \(oneLine(error))")
        }
    }

    /// Runs the control cell, which tells whether the machine drifted; a failure is a warning.
    private func runControl(of points: [Point]) throws {
        guard plan.grid.controlRuns > 0, points.count > 1,
            let point = Plan.controlPoint(of: points)
        else { return }
        let group = controlGroups
        controlGroups += 1
        for index in 0..<plan.grid.controlRuns {
            if isCancelled() { return }
            progress?.report(
                .control(point, index: index + 1, count: plan.grid.controlRuns))
            let repetition: Repetition
            do {
                if prepared?.point != point { try prepare(point) }
                repetition = try runOnce(point, index: index)
            } catch {
                prepared = nil
                warn("the control cell \(point) failed: \(oneLine(error))")
                return
            }
            try sink.record(ControlRun(group: group, repetition: repetition))
        }
    }
}

// MARK: - A repetition

extension Runner {
    /// Runs the next repetition of a point, getting ready for it first where that is needed.
    private func measureOnce(_ run: inout PointRun) throws {
        let point = run.point
        let index = run.nextIndex
        progress?.report(
            .repetition(
                point, cell: run.cell, cellCount: plan.points.count, index: index + 1,
                count: plan.grid.convergence == nil ? plan.grid.repetitions : nil,
                remainingSeconds: timings.seconds(for: remaining)))
        let expected = run.expectedRepetitions
        var repetition: Repetition
        do {
            if prepared?.point != point { try prepare(point) }
            if !run.isWarm {
                try warmUpUntilFlat(point)
                run.isWarm = true
            }
            if prepared?.roof == nil { prepared?.roof = engine.measureRoof() }
            repetition = try runOnce(point, index: index)
        } catch {
            prepared = nil
            run.fail(error)
            remaining -= load(of: point) * expected
            return
        }
        repetition.memoryEstimate = prepared?.memoryEstimate
        repetition.memoryUse = engine.memoryUse()
        repetition.costs = prepared?.costs
        let roofAfter = engine.measureRoof()
        if let roofBefore = prepared?.roof, let roofAfter {
            repetition.roof = Roof(before: roofBefore, after: roofAfter)
        }
        prepared?.roof = roofAfter
        try sink.record(repetition)
        run.add(repetition)
        timings.observe(repetition.sample)
        remaining -= load(of: point) * (expected - run.expectedRepetitions)
    }

    private func prepare(_ point: Point) throws {
        prepared = nil
        try engine.prepare(point)
        prepared = Prepared(
            point: point, costs: engine.costs(of: point),
            memoryEstimate: engine.memoryEstimate(for: point), roof: nil)
    }

    private func warmUpUntilFlat(_ point: Point) throws {
        guard plan.grid.warmsUpUntilFlat else { return }
        var times: [Double] = []
        while times.count < Flatness.mostRuns, !Flatness.isReached(times), !isCancelled() {
            progress?.report(.warmup(point, index: times.count + 1, count: Flatness.mostRuns))
            times.append(try runOnce(point, index: 0).sample.methodNanoseconds)
        }
    }

    /// Runs the calls of one repetition into traces made beforehand.
    private func runOnce(_ point: Point, index: Int) throws -> Repetition {
        let seed = plan.seed(of: point, repetition: index)
        var whole = Workload(shape: point.shape, seed: seed)
        var repetition: Repetition
        switch plan.grid.method {
        case .detail:
            var trace = Trace(capacity: point.outputLength, stampsSteps: plan.grid.stampsSteps)
            let completion = try engine.run(whole, into: &trace)
            repetition = try Repetition(
                point: point, index: index, seed: seed, calls: .detail(trace),
                completion: completion)
            repetition.conditions = engine.conditions()
        case .normal:
            var one = Trace(capacity: 0, stampsSteps: false)
            var all = Trace(capacity: 0, stampsSteps: false)
            whole.shape.outputLength = 1
            let first = try engine.run(whole, into: &one)
            let conditions = engine.conditions()
            whole.shape.outputLength = point.outputLength
            let completion = try engine.run(whole, into: &all)
            guard first.tokenCounts == Array(repeating: 1, count: point.batch) else {
                throw SweepError.engine(
                    "the call of 1 token generated \(first.tokenCounts) tokens")
            }
            repetition = try Repetition(
                point: point, index: index, seed: seed, calls: .normal(one: one, all: all),
                completion: completion)
            repetition.conditions = engine.conditions().map { last in
                conditions.map { $0 + last } ?? last
            }
        }
        return repetition
    }

    private func warn(_ text: String) {
        outcome.warnings.append(text)
        progress?.report(.warning(text))
    }

    private func load(of point: Point) -> CostModel.Load {
        CostModel.Load(point.shape, method: plan.grid.method)
    }
}
