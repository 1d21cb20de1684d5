import Measurement

/// Runs a plan: warms up once, then each point in order, each repetition handed on at once.
///
/// A point that fails is a row and the sweep goes on; only a sink that fails ends it.
package final class Runner {
    private let engine: any Engine
    private let sink: any Sink
    private let progress: (any Progress)?
    private let isCancelled: () -> Bool

    private var outcome = Outcome()
    private var timings = CostModel()
    private var remaining = CostModel.Load()
    private var earlier = EarlierResults()

    /// - Parameters:
    ///   - engine: What runs the points.
    ///   - sink: Where results go.
    ///   - progress: Who is told how it gets on.
    ///   - isCancelled: Asked between repetitions; true ends the sweep in order.
    package init(
        engine: any Engine, sink: any Sink, progress: (any Progress)? = nil,
        isCancelled: @escaping () -> Bool = { false }
    ) {
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
    package func run(
        _ plan: Plan, after earlier: EarlierResults = EarlierResults()
    ) throws
        -> Outcome
    {
        outcome = Outcome()
        timings = CostModel()
        remaining = CostModel.Load()
        self.earlier = earlier
        for point in plan.points {
            let missing = earlier.missing(of: point, repetitions: plan.grid.repetitions).count
            remaining += load(of: point, in: plan) * missing
        }
        do {
            try sink.begin(plan)
            for note in plan.notes { warn(note) }
            if plan.grid.method == .detail, !plan.grid.stampsSteps {
                warn("steps are not stamped (TIMEIT=0): first, next, pre and post times stay empty")
            }
            if remaining != CostModel.Load() { warmUp(plan) }
            try measure(plan)
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

    // MARK: - Warming up

    /// A warm-up that fails is no reason to stop: the points may be smaller, and say so themselves.
    private func warmUp(_ plan: Plan) {
        guard plan.grid.warmup > 0 else { return }
        let point = plan.warmupPoint
        do {
            for index in 1...plan.grid.warmup {
                if isCancelled() { return }
                progress?.report(.warmup(point, index: index, count: plan.grid.warmup))
                if index == 1 { try engine.prepare(point) }
                let repetition = try runOnce(point, index: 0, in: plan)
                timings.observe(repetition.sample)
            }
        } catch {
            warn("the warm-up at \(point) failed: \(oneLine(error))")
        }
    }

    // MARK: - Measuring

    private func measure(_ plan: Plan) throws {
        for (index, point) in plan.points.enumerated() {
            if isCancelled() {
                outcome.ending = .interrupted
                return
            }
            guard let result = try result(of: point, cell: index + 1, in: plan) else { return }
            try sink.finish(result)
            outcome.statuses.append(result.status)
            progress?.report(
                .finished(
                    point, cell: index + 1, cellCount: plan.points.count, status: result.status,
                    reason: result.reason))
            if outcome.ending == .interrupted { return }
        }
    }

    /// Measures one point; nil if it was cancelled before its first repetition.
    private func result(of point: Point, cell: Int, in plan: Plan) throws -> PointResult? {
        var repetitions = earlier.repetitions(of: point, most: plan.grid.repetitions)
        if let outcome = earlier.outcomes[point] {
            return PointResult(
                point: point, status: outcome.status, reason: outcome.reason,
                repetitions: repetitions)
        }
        let missing = earlier.missing(of: point, repetitions: plan.grid.repetitions)
        guard !missing.isEmpty else {
            return PointResult(point: point, status: .ok, reason: nil, repetitions: repetitions)
        }
        do {
            try engine.prepare(point)
        } catch {
            forget(missing.count, of: point, in: plan)
            return failure(of: point, error, repetitions)
        }
        let costs = engine.costs(of: point)
        let estimate = engine.memoryEstimate(for: point)
        // One measurement between two repetitions serves both.
        var roofBefore: Roof?
        for (order, index) in missing.enumerated() {
            if isCancelled() {
                outcome.ending = .interrupted
                break
            }
            progress?.report(
                .repetition(
                    point, cell: cell, cellCount: plan.points.count, index: index + 1,
                    count: plan.grid.repetitions,
                    remainingSeconds: timings.seconds(for: remaining)))
            if order == 0 { roofBefore = engine.measureRoof() }
            var repetition: Repetition
            do {
                repetition = try runOnce(point, index: index, in: plan)
            } catch {
                forget(missing.count - order, of: point, in: plan)
                return failure(of: point, error, repetitions)
            }
            repetition.memoryEstimate = estimate
            repetition.memoryUse = engine.memoryUse()
            let roofAfter = engine.measureRoof()
            repetition.costs = costs
            if let roofBefore, let roofAfter {
                repetition.roof = Roof(before: roofBefore, after: roofAfter)
            }
            roofBefore = roofAfter
            try sink.record(repetition)
            repetitions.append(repetition)
            timings.observe(repetition.sample)
            forget(1, of: point, in: plan)
        }
        guard !repetitions.isEmpty else { return nil }
        return PointResult(point: point, status: .ok, reason: nil, repetitions: repetitions)
    }

    /// Runs the calls of one repetition into traces made beforehand.
    private func runOnce(_ point: Point, index: Int, in plan: Plan) throws -> Repetition {
        let seed = plan.seed(of: point, repetition: index)
        var whole = Workload(shape: point.shape, seed: seed)
        switch plan.grid.method {
        case .detail:
            var trace = Trace(capacity: point.outputLength, stampsSteps: plan.grid.stampsSteps)
            let completion = try engine.run(whole, into: &trace)
            return try Repetition(
                point: point, index: index, seed: seed, calls: .detail(trace),
                completion: completion)
        case .normal:
            var one = Trace(capacity: 0, stampsSteps: false)
            var all = Trace(capacity: 0, stampsSteps: false)
            whole.shape.outputLength = 1
            let first = try engine.run(whole, into: &one)
            whole.shape.outputLength = point.outputLength
            let completion = try engine.run(whole, into: &all)
            guard first.tokenCounts == Array(repeating: 1, count: point.batch) else {
                throw SweepError.engine(
                    "the call of 1 token generated \(first.tokenCounts) tokens")
            }
            return try Repetition(
                point: point, index: index, seed: seed, calls: .normal(one: one, all: all),
                completion: completion)
        }
    }

    // MARK: - Notes

    private func failure(
        of point: Point, _ error: any Error, _ repetitions: [Repetition]
    ) -> PointResult {
        PointResult(
            point: point, status: Status(of: error), reason: oneLine(error),
            repetitions: repetitions)
    }

    private func warn(_ text: String) {
        outcome.warnings.append(text)
        progress?.report(.warning(text))
    }

    private func load(of point: Point, in plan: Plan) -> CostModel.Load {
        CostModel.Load(point.shape, method: plan.grid.method)
    }

    private func forget(_ repetitions: Int, of point: Point, in plan: Plan) {
        remaining -= load(of: point, in: plan) * repetitions
    }
}

/// An error as a reason: a row has room for one line.
private func oneLine(_ error: any Error) -> String {
    String(describing: error).split(whereSeparator: \.isNewline).joined(separator: " ")
}
