import FoundationEssentials
import Measurement
import Sweep

/// One line of `samples.jsonl`.
///
/// A line of the kind `repetition` has every stamp of its calls, in nanoseconds of the monotonic
/// clock; one of the kind `control` is a run of the control cell; one of the kind `outcome` says why
/// a point is not ok, and one of the kind `retry` that this is no longer so, as it is tried again. A
/// point without an outcome is ok.
struct SampleLine: Codable, Equatable {
    enum Kind: String, Codable {
        case repetition
        case control
        case outcome
        case retry
    }

    /// The stamps of one call; the method `normal` has two, that of 1 token first.
    struct Call: Codable, Equatable {
        var entry: UInt64
        var end: UInt64
        /// P0, P1, P2, P3 of every step; nil if steps were not stamped.
        var steps: [[UInt64]]?

        enum CodingKeys: String, CodingKey {
            case entry = "entry_ns"
            case end = "end_ns"
            case steps = "steps_ns"
        }
    }

    var schema = Manifest.currentSchema
    var kind: Kind
    var point: String
    /// Of everything that decides the result; lines of earlier versions have none.
    var key: String?
    var batch: Int
    var inputTokens: Int
    var outputTokens: Int
    /// How the machine is used, where the grid varies it.
    var setting: MachineSetting?

    /// Which measurement of the control cell, counted from 0.
    var group: Int?
    var repetition: Int?
    var seed: String?
    var method: TimingMethod?
    var calls: [Call]?
    var outputHash: String?
    var costs: PhaseCosts?
    var roof: Roof?
    var conditions: RunConditions?
    var memoryEstimate: MemoryEstimate?
    var memoryUse: MemoryUse?

    var status: Status?
    var reason: String?

    enum CodingKeys: String, CodingKey {
        case schema, kind, point, key, batch, repetition, seed, method, calls, costs, roof, status,
            reason, setting, group, conditions
        case inputTokens = "input_tokens"
        case outputTokens = "output_tokens"
        case outputHash = "output_hash"
        case memoryEstimate = "memory_estimate"
        case memoryUse = "memory_use"
    }

    private init(_ kind: Kind, of point: Point, _ key: UInt64) {
        self.kind = kind
        self.key = hexadecimal(key)
        self.point = point.id
        batch = point.batch
        inputTokens = point.inputLength
        outputTokens = point.outputLength
        setting = point.setting == .inherited ? nil : point.setting
    }

    /// - Parameter key: of the point, `Manifest.key(of:)`.
    init(_ control: ControlRun, key: UInt64) {
        self.init(control.repetition, key: key)
        kind = .control
        group = control.group
    }

    /// - Parameter key: of the point, `Manifest.key(of:)`.
    init(_ repetition: Repetition, key: UInt64) {
        self.init(.repetition, of: repetition.point, key)
        self.repetition = repetition.index
        seed = hexadecimal(repetition.seed)
        method = repetition.method
        outputHash = hexadecimal(repetition.outputHash)
        costs = repetition.costs
        roof = repetition.roof
        conditions = repetition.conditions
        memoryEstimate = repetition.memoryEstimate
        memoryUse = repetition.memoryUse
        switch repetition.calls {
        case .detail(let trace): calls = [Call(trace)]
        case .normal(let one, let all): calls = [Call(one), Call(all)]
        }
    }

    init(outcomeOf result: PointResult, key: UInt64) {
        self.init(.outcome, of: result.point, key)
        status = result.status
        reason = result.reason
    }

    init(retryOf result: PointResult, key: UInt64) {
        self.init(.retry, of: result.point, key)
    }

    /// The text of the line, with its line feed.
    func text() throws(ReportingError) -> String {
        try jsonText(self) + "\n"
    }
}

extension SampleLine.Call {
    /// - Precondition: the trace is complete.
    init(_ trace: Trace) {
        guard let entry = trace.callEntry, let end = trace.callEnd else {
            preconditionFailure("only a complete trace is written")
        }
        self.entry = entry
        self.end = end
        steps =
            trace.stampsSteps
            ? trace.steps.map {
                [$0.loopTop, $0.inputsPrepared, $0.forwardDone, $0.tokenBooked]
            } : nil
    }

    /// The trace; nil if a step does not have four stamps.
    var trace: Trace? {
        let stamps = steps ?? []
        guard stamps.allSatisfy({ $0.count == 4 }) else { return nil }
        return Trace(
            callEntry: entry, callEnd: end,
            steps: stamps.map {
                StepStamps(
                    loopTop: $0[0], inputsPrepared: $0[1], forwardDone: $0[2], tokenBooked: $0[3])
            },
            stampsSteps: steps != nil)
    }
}
