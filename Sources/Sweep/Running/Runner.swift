import Basics
import Measurement

/// Runs a plan, block by block: warms up, then measures each point, each repetition handed on at once.
///
/// A point that fails is a row and the sweep goes on; only a sink that fails ends it.
package final class Runner {
    private let engine: any Engine
    private let sink: any Sink
    private let progress: (any Progress)?
    private let energyMeter: (any EnergyMetering)?
    private let isCancelled: () -> Bool
    private let clock: () -> UInt64

    private var plan: Plan
    private var outcome = Outcome()
    private var forecast: Forecast
    private var beginning: UInt64 = 0
    /// The number of the block that runs.
    private var runningBlock = 0
    private var controlGroups = 0
    /// Whether the engine has not run anything since it began anew: its first call is not measured.
    private var isCold = false
    /// What the engine is ready for; nil if it is not known.
    private var prepared: Prepared?
    /// What the engine was started with; nil if that is to come.
    private var startedSetting: Parameters?

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
    ///   - energyMeter: What tells the energy of calls.
    ///   - isCancelled: Asked between repetitions; true ends the sweep in order.
    ///   - clock: Nanoseconds, for what lies between the calls.
    package init(
        _ plan: Plan, engine: any Engine, sink: any Sink, progress: (any Progress)? = nil,
        energyMeter: (any EnergyMetering)? = nil,
        isCancelled: @escaping () -> Bool = { false },
        clock: @escaping () -> UInt64 = Clock.now
    ) {
        self.plan = plan
        self.engine = engine
        self.sink = sink
        self.progress = progress
        self.energyMeter = energyMeter
        self.isCancelled = isCancelled
        self.clock = clock
        forecast = Forecast(plan, Self.runs(of: plan, after: EarlierResults()))
    }

    /// Runs the plan to its end, or to its cancellation.
    ///
    /// - Parameter earlier: What an earlier run of the same plan measured: only what is missing
    ///   runs. A point that came out otherwise than ok is not tried again.
    /// - Throws: The first error of the sink, after the sink was told that the sweep failed.
    package func run(after earlier: EarlierResults = EarlierResults()) throws -> Outcome {
        outcome = Outcome()
        controlGroups = earlier.controlGroups
        prepared = nil
        startedSetting = plan.points.first?.setting
        beginning = clock()
        let runs = Self.runs(of: plan, after: earlier)
        forecast = Forecast(plan, runs)
        do {
            try sink.begin(plan)
            for note in plan.notes { warn(note) }
            if plan.grid.method == .detail, !plan.grid.stampsSteps {
                warn("steps are not stamped (TIMEIT=0): first, next, pre and post times stay empty")
            }
            var first = 0
            for (index, points) in plan.blocks.enumerated() where outcome.ending == .completed {
                runningBlock = index
                try measure(Array(runs[first..<first + points.count]))
                first += points.count
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

    private static func runs(of plan: Plan, after earlier: EarlierResults) -> [PointRun] {
        plan.points.enumerated().map { index, point in
            PointRun(point, cell: index + 1, in: plan.grid, after: earlier)
        }
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
            forecast.expect(warmups: 0, inBlock: runningBlock)
            try runControl(of: points, groupsAfter: 1)
        }
        var isFirstRound = true
        repeat {
            if plan.grid.restartsEveryRound, !isFirstRound { restart() }
            isFirstRound = false
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
            try runControl(of: points, groupsAfter: 0)
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
            .finished(cell(run), status: result.status, reason: result.reason, time: time()))
    }

    /// A warm-up that fails is no reason to stop: the points may be smaller, and say so themselves.
    private func warmUp(_ point: Point) {
        guard plan.grid.warmup > 0 else { return }
        do {
            for index in 1...plan.grid.warmup {
                if isCancelled() { return }
                progress?.report(
                    .warmup(point, index: index, count: plan.grid.warmup, time: time()))
                if index == 1 { try prepare(point) }
                forecast.observe(try runOnce(point, index: 0).sample, of: point)
                forecast.expect(warmups: plan.grid.warmup - index, inBlock: runningBlock)
            }
        } catch {
            prepared = nil
            guard !isCancelled() else { return }
            warn("the warm-up at \(point) failed: \(oneLine(error))")
        }
    }

    /// Runs the control cell, which tells whether the machine drifted; a failure is a warning.
    ///
    /// - Parameter groupsAfter: how often it will be run again, after the points.
    private func runControl(of points: [Point], groupsAfter: Int) throws {
        guard plan.grid.controlRuns > 0, points.count > 1,
            let point = Plan.controlPoint(of: points)
        else { return }
        let group = controlGroups
        controlGroups += 1
        let runsAfter = groupsAfter * plan.grid.controlRuns
        defer { forecast.expect(controlRuns: runsAfter, inBlock: runningBlock) }
        for index in 0..<plan.grid.controlRuns {
            if isCancelled() { return }
            forecast.expect(
                controlRuns: runsAfter + plan.grid.controlRuns - index, inBlock: runningBlock)
            progress?.report(
                .control(point, index: index + 1, count: plan.grid.controlRuns, time: time()))
            let repetition: Repetition
            do {
                if prepared?.point != point { try prepare(point) }
                repetition = try runOnce(point, index: index)
            } catch {
                prepared = nil
                guard !isCancelled() else { return }
                warn("the control cell \(point) failed: \(oneLine(error))")
                return
            }
            try sink.record(ControlRun(group: group, repetition: repetition))
            forecast.observe(repetition.sample, of: point)
        }
    }
}

// MARK: - A repetition

extension Runner {
    /// Runs the next repetition of a point, getting ready for it first where that is needed.
    private func measureOnce(_ run: inout PointRun) throws {
        let point = run.point
        let index = run.nextIndex
        if run.predicted == nil, run.repetitions.isEmpty {
            run.predicted = forecast.times(of: point)
        }
        progress?.report(
            .repetition(
                cell(run), index: index + 1,
                count: plan.grid.convergence == nil ? plan.grid.repetitions : nil, time: time()))
        var repetition: Repetition
        let began: UInt64
        do {
            if prepared?.point != point { try prepare(point) }
            if !run.isWarm {
                forecast.warmedUp(run, runs: try warmUpUntilFlat(point))
                run.isWarm = true
            }
            if isCold {
                _ = try runOnce(point, index: index)
                isCold = false
            }
            if prepared?.roof == nil { prepared?.roof = measureRoof() }
            began = clock()
            repetition = try runOnce(point, index: index)
        } catch {
            prepared = nil
            // What asked the sweep to stop may have ended the engine too: that says nothing of the point.
            guard !isCancelled() else { return }
            run.fail(error)
            forecast.update(run)
            return
        }
        repetition.memoryEstimate = prepared?.memoryEstimate
        repetition.memoryUse = (engine as? any MemoryCounting)?.memoryUse()
        repetition.costs = prepared?.costs
        let roofBegan = clock()
        let roofAfter = measureRoof()
        let roofSeconds = seconds(since: roofBegan)
        if let roofBefore = prepared?.roof, let roofAfter {
            repetition.roof = Roof(before: roofBefore, after: roofAfter)
        }
        prepared?.roof = roofAfter
        try sink.record(repetition)
        run.add(repetition)
        let sample = repetition.sample
        forecast.observe(sample, of: point)
        forecast.spentBesideCalls(
            seconds: seconds(since: began) - sample.methodNanoseconds / 1e9 - roofSeconds)
        forecast.update(run)
    }

    private func measureRoof() -> Roof? {
        guard let engine = engine as? any RoofMeasuring else { return nil }
        let began = clock()
        let roof = engine.measureRoof()
        forecast.measuredRoof(seconds: seconds(since: began))
        return roof
    }

    /// Draws anew what differs from process to process.
    private func restart() {
        prepared = nil
        isCold = true
        startedSetting = nil
        (engine as? any Restartable)?.restart()
    }

    private func prepare(_ point: Point) throws {
        prepared = nil
        let began = clock()
        try engine.prepare(point, positions: plan.positions(of: point))
        prepared = Prepared(
            // Those of lengths that are drawn are not those of the largest.
            point: point,
            costs: point.isMixed ? nil : (engine as? any CostCounting)?.costs(of: point),
            memoryEstimate: point.isMixed
                ? nil : (engine as? any MemoryCounting)?.memoryEstimate(for: point),
            roof: nil)
        forecast.prepared(
            point, seconds: seconds(since: began), startedProcess: startedSetting != point.setting)
        startedSetting = point.setting
    }

    /// - Returns: how many runs that took.
    private func warmUpUntilFlat(_ point: Point) throws -> Int {
        guard plan.grid.warmsUpUntilFlat else { return 0 }
        var times: [Double] = []
        while times.count < Flatness.mostRuns, !Flatness.isReached(times), !isCancelled() {
            progress?.report(
                .warmup(
                    point, index: times.count + 1, count: Flatness.mostRuns, time: time()))
            let sample = try runOnce(point, index: 0).sample
            forecast.observe(sample, of: point)
            times.append(sample.methodNanoseconds)
        }
        return times.count
    }

    /// Runs the calls of one repetition.
    private func runOnce(_ point: Point, index: Int) throws -> Repetition {
        let seed = plan.seed(of: point, repetition: index)
        let requests = try plan.requests(of: point, repetition: index)
        var conditions: [RunConditions] = []
        var energy: Energy?
        func call(outputLength: Int, stampsSteps: Bool) throws -> Observation {
            var shape = point.shape
            shape.outputLength = outputLength
            energyMeter?.callBegins()
            let observation = try engine.run(
                Workload(
                    shape: shape, seed: seed,
                    requests: requests?.map { $0.limited(to: outputLength) },
                    stampsSteps: stampsSteps))
            if let window = observation.window {
                // Of the last call, whose tokens are counted.
                energy = energyMeter?.energy(from: window.start, to: window.end)
            }
            conditions = (engine as? any ConditionReporting)?.conditions().after(conditions) ?? []
            return observation
        }
        let calls: Repetition.Calls =
            switch plan.grid.method {
            case .detail:
                .detail(
                    try call(
                        outputLength: point.outputLength, stampsSteps: plan.grid.stampsSteps))
            case .normal:
                .normal(
                    one: try call(outputLength: 1, stampsSteps: false),
                    all: try call(outputLength: point.outputLength, stampsSteps: false))
            }
        var repetition = try Repetition(
            point: point, index: index, seed: seed, calls: calls, asked: requests)
        repetition.conditions = conditions
        repetition.energy = energy
        return repetition
    }

    private func warn(_ text: String) {
        outcome.warnings.append(text)
        progress?.report(.warning(text))
    }
}

// MARK: - How far it is

extension Runner {
    private func time() -> SweepTime {
        SweepTime(
            elapsedSeconds: seconds(since: beginning),
            remainingSeconds: forecast.remainingSeconds(
                prepared: prepared?.point, runningBlock: runningBlock, isCold: isCold))
    }

    private func cell(_ run: PointRun) -> CellProgress {
        CellProgress(
            point: run.point, cell: run.cell, cellCount: plan.points.count,
            predicted: run.predicted, measured: run.measured)
    }

    private func seconds(since begin: UInt64) -> Double {
        Double(clock() &- begin) / 1e9
    }
}
