package import Measurement

/// One measured run of a point: what was seen of it.
package struct Repetition: Equatable, Sendable {
    /// The calls that a method makes.
    package enum Calls: Equatable, Sendable {
        /// One call.
        case detail(Observation)
        /// A call of 1 token and one of all.
        case normal(one: Observation, all: Observation)
    }

    package let point: Point
    /// Counted from 0.
    package let index: Int
    /// What random prompts were made from, where all are of one length and share nothing.
    package let seed: UInt64
    package let calls: Calls

    /// What the call must do at least; nil if the engine cannot tell.
    package var costs: PhaseCosts?
    /// Measured right before and after the calls; nil if the engine cannot tell.
    package var roof: Roof?

    /// What else happened during the calls, one for each process that took part; empty if the engine
    /// cannot tell.
    package var conditions: [RunConditions] = []

    /// What the machine used during the call, of two the last; nil if nothing was there to tell.
    package var energy: Energy?

    /// Computed from the shapes; nil if the engine cannot tell.
    package var memoryEstimate: MemoryEstimate?
    /// What it really took; nil if the engine cannot tell.
    package var memoryUse: MemoryUse?

    /// Takes a run, if it is whole: everything generated, everything stamped.
    ///
    /// - Parameter asked: The requests, where they differ from each other; nil where they are all as the
    ///   point says, or where it is not known any more.
    /// - Throws: ``SweepError/engine(_:)`` that says what is missing.
    package init(
        point: Point, index: Int, seed: UInt64, calls: Calls, asked: [Request]? = nil
    ) throws(SweepError) {
        self.point = point
        self.index = index
        self.seed = seed
        switch calls {
        case .detail(let observation):
            self.calls = calls
            try Self.check(observation, against: point, asked, tokens: point.outputLength)
        case .normal(var one, let all):
            // What counts is what the last call generated.
            one.outputHash = nil
            self.calls = .normal(one: one, all: all)
            guard one.steps != nil, all.steps != nil else {
                throw .engine("the engine stamps no calls, which the normal method needs")
            }
            try Self.check(one, against: point, asked, tokens: 1)
            try Self.check(all, against: point, asked, tokens: point.outputLength)
        }
    }

    package var method: TimingMethod {
        switch calls {
        case .detail: .detail
        case .normal: .normal
        }
    }

    /// A mark of what the last call generated; nil if the engine does not know the ids.
    package var outputHash: UInt64? {
        switch calls {
        case .detail(let observation), .normal(_, let observation): observation.outputHash
        }
    }

    /// What the stamps say.
    package var sample: Sample {
        switch calls {
        case .detail(let observation): Sample(shape: point.shape, observation)
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
        _ observation: Observation, against point: Point, _ asked: [Request]?, tokens: Int
    ) throws(SweepError) {
        guard let trace = observation.steps else {
            guard !observation.requests.isEmpty else {
                throw .engine("the engine says nothing of any request")
            }
            for (index, request) in observation.requests.enumerated() {
                if let fault = request.fault { throw .engine("request \(index) \(fault)") }
                guard !request.outcome.isWhole || !request.events.isEmpty else {
                    throw .engine(
                        "request \(index) is said to have come out well, without a token")
                }
            }
            return
        }
        guard trace.isComplete else {
            throw .engine("the engine did not stamp its whole call")
        }
        // Of those that were drawn, and are not known any more, the longest has all steps.
        let steps =
            asked.map { $0.map { min($0.outputLimit, tokens) }.max() ?? 0 }
            ?? (point.isMixed ? trace.stepCount : tokens)
        guard !trace.stampsSteps || trace.stepCount == steps else {
            throw .engine("the engine stamped \(trace.stepCount) of \(steps) steps")
        }
        guard observation.requestCount == point.batch else {
            throw .engine(
                "the engine answered \(observation.requestCount) of \(point.batch) sequences")
        }
        guard asked != nil || !point.isMixed else { return }
        let counts = observation.requests.map(\.outputTokens)
        // A timeline stands for many; what is asked of them may differ.
        let step = asked == nil ? observation.copies : 1
        for sequence in stride(from: 0, to: point.batch, by: step) {
            let count = counts[sequence / observation.copies]
            let limit = asked.map { min($0[sequence].outputLimit, tokens) } ?? tokens
            guard count == limit else {
                throw .engine(
                    "sequence \(sequence) has \(count) of \(limit) tokens: "
                        + "the engine did not generate what was asked")
            }
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
