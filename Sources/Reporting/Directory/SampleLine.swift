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

    var schema = Manifest.currentSchema
    var kind: Kind
    var point: String
    /// Of everything that decides the result; lines of earlier versions have none.
    var key: String?
    var batch: Int
    var inputTokens: Int
    var outputTokens: Int
    /// How lengths are drawn, where they differ from request to request.
    var mix: LengthMix?
    /// How the machine is used, where the grid varies it.
    var setting: Parameters?

    /// Which measurement of the control cell, counted from 0.
    var group: Int?
    var repetition: Int?
    var seed: String?
    var method: TimingMethod?
    /// What was seen; the method `normal` has two calls, that of 1 token first.
    var calls: [ObservationRecord]?
    var outputHash: String?
    var costs: PhaseCosts?
    var roof: Roof?
    var conditions: ProcessConditions?
    var energy: Energy?
    var memoryEstimate: MemoryEstimate?
    var memoryUse: MemoryUse?

    var status: Status?
    var reason: String?

    enum CodingKeys: String, CodingKey {
        case schema, kind, point, key, batch, repetition, seed, method, calls, costs, roof, status,
            reason, setting, group, conditions, energy, mix
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
        mix = point.lengths.mix
        setting = point.setting == [:] ? nil : point.setting
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
        outputHash = repetition.outputHash.map(hexadecimal)
        costs = repetition.costs
        roof = repetition.roof
        conditions = ProcessConditions(repetition.conditions)
        energy = repetition.energy
        memoryEstimate = repetition.memoryEstimate
        memoryUse = repetition.memoryUse
        switch repetition.calls {
        case .detail(let observation): calls = [ObservationRecord(observation)]
        case .normal(let one, let all): calls = [ObservationRecord(one), ObservationRecord(all)]
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

/// What else happened during a call, for each process that took part: a list; in version 1 an object,
/// of the only one.
struct ProcessConditions: Codable, Equatable {
    let list: [RunConditions]

    /// Nil if nothing is known.
    init?(_ list: [RunConditions]) {
        guard !list.isEmpty else { return nil }
        self.list = list
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let one = try? container.decode(RunConditions.self) {
            list = [one]
        } else {
            list = try container.decode([RunConditions].self)
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(list)
    }
}
