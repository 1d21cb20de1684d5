package import Measurement

/// One measured run of a point: its stamps and what it generated.
package struct Repetition: Equatable, Sendable {
    /// The calls that a method makes.
    package enum Calls: Equatable, Sendable {
        /// One call, its steps stamped.
        case detail(Trace)
        /// A call of 1 token and one of all.
        case normal(one: Trace, all: Trace)
    }

    package let point: Point
    /// Counted from 0.
    package let index: Int
    /// What the prompt was made from.
    package let seed: UInt64
    package let calls: Calls
    /// `Completion.outputHash` of the last call.
    package let outputHash: UInt64

    /// What the call must do at least; nil if the engine cannot tell.
    package var costs: PhaseCosts?
    /// Measured right before and after the calls; nil if the engine cannot tell.
    package var roof: Roof?

    /// What else happened during the calls; nil if the engine cannot tell.
    package var conditions: RunConditions?

    /// Computed from the shapes; nil if the engine cannot tell.
    package var memoryEstimate: MemoryEstimate?
    /// What it really took; nil if the engine cannot tell.
    package var memoryUse: MemoryUse?

    /// Takes a run, if it is whole: everything generated, everything stamped.
    ///
    /// - Throws: ``SweepError/engine(_:)`` that says what is missing.
    package init(
        point: Point, index: Int, seed: UInt64, calls: Calls, completion: Completion
    ) throws(SweepError) {
        try Self.check(completion, against: point)
        try self.init(
            point: point, index: index, seed: seed, calls: calls, outputHash: completion.outputHash)
    }

    /// Takes a run that was checked when it was made, if it is still stamped as a whole.
    ///
    /// - Throws: ``SweepError/engine(_:)`` that says what is missing.
    package init(
        point: Point, index: Int, seed: UInt64, calls: Calls, outputHash: UInt64
    ) throws(SweepError) {
        self.point = point
        self.index = index
        self.seed = seed
        self.calls = calls
        self.outputHash = outputHash
        switch calls {
        case .detail(let trace):
            try Self.check(trace, steps: point.outputLength)
        case .normal(let one, let all):
            try Self.check(one, steps: 1)
            try Self.check(all, steps: point.outputLength)
        }
    }

    package var method: TimingMethod {
        switch calls {
        case .detail: .detail
        case .normal: .normal
        }
    }

    /// What the stamps say.
    package var sample: Sample {
        switch calls {
        case .detail(let trace): Sample(shape: point.shape, detail: trace)
        case .normal(let one, let all): Sample(shape: point.shape, normalOne: one, all: all)
        }
    }

    /// How near the roof the prompts' forward pass came.
    package var prefillUtilization: Utilization? {
        utilization { sample.prefillUtilization($0, under: $1) }
    }

    /// How near the roof the steps after the first came.
    package var decodeUtilization: Utilization? {
        utilization { sample.decodeUtilization($0, under: $1) }
    }

    private func utilization(_ share: (PhaseCosts, Roof) -> Utilization?) -> Utilization? {
        guard let costs, let roof else { return nil }
        return share(costs, roof)
    }

    private static func check(
        _ completion: Completion, against point: Point
    ) throws(SweepError) {
        guard completion.tokenCounts.count == point.batch else {
            throw .engine(
                "the engine answered \(completion.tokenCounts.count) of \(point.batch) sequences")
        }
        for (sequence, count) in completion.tokenCounts.enumerated()
        where count != point.outputLength {
            throw .engine(
                "sequence \(sequence) has \(count) of \(point.outputLength) tokens: "
                    + "the engine did not generate what was asked")
        }
    }

    private static func check(_ trace: Trace, steps: Int) throws(SweepError) {
        guard trace.isComplete else {
            throw .engine("the engine did not stamp its whole call")
        }
        guard !trace.stampsSteps || trace.stepCount == steps else {
            throw .engine("the engine stamped \(trace.stepCount) of \(steps) steps")
        }
    }
}

/// A run of the control cell: the same work first and last, so that a difference is the machine's.
package struct ControlRun: Equatable, Sendable {
    /// Which of the measurements of a sweep it belongs to, counted from 0; runs of a group are made
    /// one after the other.
    package let group: Int
    package let repetition: Repetition

    package init(group: Int, repetition: Repetition) {
        self.group = group
        self.repetition = repetition
    }
}
