package import Basics
package import Measurement
package import Sweep

/// What the tables say of a point.
package struct Row: Equatable, Sendable {
    package let point: Point
    package let status: Status
    package let method: TimingMethod
    /// What was measured; nil if nothing was.
    package let summary: Summary?
    /// Of requests that are no batch in lock step; nil for one.
    package let load: LoadSummary?
    /// Of the first repetition: its prompt is the same in every run of the grid.
    package let outputHash: UInt64?

    /// Medians over the repetitions of how near the roof each phase came; nil where the roof or the
    /// times are not known.
    package let prefillUtilization: Utilization?
    package let decodeUtilization: Utilization?
    /// Medians of the roofs beside the repetitions.
    package let roof: Roof?

    /// Computed from the shapes; nil if unknown.
    package let memoryEstimate: MemoryEstimate?
    /// The largest of the repetitions; nil if unknown.
    package let peakResidentBytes: Int?
    /// Sums over the calls of the repetitions; nil if unknown.
    package let conditions: RunConditions?
    /// Medians over the repetitions of what a call used, and of that over the tokens of its answers, in
    /// joules; nil if unknown.
    package let energy: Double?
    package let energyPerToken: Double?
    /// What lies on which NUMA node, of the last repetition: by region, then by node.
    package let nodeBytes: [String: [String: Int]]?
    /// How far the control cell moved; known when the sweep is over.
    package var drift: Drift? {
        didSet { judge() }
    }

    private let failure: Wording?
    private let grid: Grid
    private let repetitions: [Repetition]
    private var judgement: Judgement?

    /// - Parameter failure: Why there are no numbers, where that was not recorded but is known.
    package init(
        _ result: PointResult, in grid: Grid, drift: Drift? = nil, failure: Wording? = nil
    ) {
        point = result.point
        status = result.status
        method = grid.method
        self.grid = grid
        self.drift = drift
        repetitions = result.repetitions
        let samples = result.repetitions.map(\.sample)
        summary = Summary(samples)
        load = LoadSummary(samples, isMixed: result.point.isMixed)
        outputHash = result.repetitions.first?.outputHash
        // A failure is told in the words of who met it.
        self.failure = failure ?? result.reason.map { Wording($0) }
        memoryEstimate = result.repetitions.compactMap(\.memoryEstimate).first
        let uses = result.repetitions.compactMap(\.memoryUse)
        peakResidentBytes = uses.compactMap(\.peakResidentBytes).max()
        nodeBytes = uses.last?.nodeBytes
        let all = result.repetitions.flatMap(\.conditions)
        conditions = all.first.map { all.dropFirst().reduce($0, +) }
        let joules = result.repetitions.map { $0.energy?.joules }
        energy = Statistics(joules.compactMap(\.self))?.median
        energyPerToken =
            Statistics(
                zip(joules, samples).compactMap { joules, sample in
                    sample.outputTokens > 0
                        ? joules.map { $0 / Double(sample.outputTokens) } : nil
                })?.median
        prefillUtilization = Utilization(
            medianOf: result.repetitions.compactMap(\.prefillUtilization))
        decodeUtilization = Utilization(
            medianOf: result.repetitions.compactMap(\.decodeUtilization))
        roof = Roof(medianOf: result.repetitions.compactMap(\.roof))
        judge()
    }

    private mutating func judge() {
        guard status == .ok, let summary else { return }
        judgement = Judgement(
            repetitions, summary: summary, load: load,
            utilizations: [("prefill", prefillUtilization), ("decode", decodeUtilization)],
            drift: drift, in: grid)
    }

    /// The repetition that stands for all in tables that show one; nil unless the point is ok.
    package var representative: Sample? {
        status == .ok ? summary?.representative : nil
    }

    /// Where the true median of a metric lies in 95 % of sweeps, also of those that repeat until it is
    /// narrow; nil if there are too few values.
    func interval(of statistics: Statistics) -> Interval? {
        statistics.medianInterval(confidence: grid.intervalConfidence)
    }

    /// Why the point has no row of numbers, or why its numbers should be doubted.
    package var doubts: [String] { doubts(in: .en) }

    /// ``doubts`` in a language.
    func doubts(in language: Language) -> [String] {
        var doubts = failure.map { [$0[language]] } ?? []
        let count = summary?.count ?? 0
        if status == .ok, count < grid.repetitions {
            doubts.append(
                language(
                    en: "\(count) of \(grid.repetitions) repetitions",
                    zh: "\(grid.repetitions) 次重复中的 \(count) 次"))
        }
        doubts += (judgement?.invalid ?? []).map {
            language(en: "invalid: \($0.en)", zh: "无效：\($0.zh)")
        }
        doubts += (judgement?.unstable ?? []).map {
            language(en: "unstable: \($0.en)", zh: "不稳定：\($0.zh)")
        }
        let remarks = summary?.remarks ?? []
        doubts += [Remark.singleToken, .notStreamed, .negativeEstimate].filter(remarks.contains)
            .map { $0.words(in: language) }
        return doubts
    }

    /// Whether the numbers may be used; nil if there are none.
    package var verdict: Verdict? { judgement?.verdict }

    /// What a call must do at least, the same in every repetition; nil if unknown.
    package var costs: PhaseCosts? { repetitions.lazy.compactMap(\.costs).first }

    /// What each of the processes that ran it together spent; none where there was one.
    package var processes: [ProcessRow] { ProcessRow.all(repetitions) }

    /// The roofs beside the repetitions; none where that was not measured.
    package var roofs: [Roof] { repetitions.compactMap(\.roof) }

    /// Why another sweep may say something else.
    var instabilities: [Wording] { judgement?.unstable ?? [] }

    /// What from outside disturbed the repetitions; empty if nothing did.
    package var disturbances: [String] { disturbances(in: .en) }

    /// ``disturbances`` in a language.
    func disturbances(in language: Language) -> [String] {
        (judgement?.disturbances ?? []).map { $0[language] }
    }

    /// How many repetitions an interval needs.
    var fewestForInterval: Int { grid.fewestForInterval }

    /// Whether there are too few repetitions to say how sure the numbers are.
    package var lacksInterval: Bool { judgement?.lacksInterval ?? false }

    /// Everything there is to say about fields that are empty or doubtful; nil if nothing.
    package var reason: String? { reason(in: .en) }

    /// ``reason`` in a language.
    func reason(in language: Language) -> String? {
        let remarks = summary?.remarks ?? []
        let method = [Remark.stepsNotStamped, .estimated].filter(remarks.contains)
            .map { $0.words(in: language) }
        let count = summary?.count ?? 0
        let few =
            lacksInterval
            ? [
                language(
                    en: "unstable: \(count) of the \(grid.fewestForInterval) repetitions that an "
                        + "interval needs",
                    zh: "不稳定：区间需要 \(grid.fewestForInterval) 次重复，只有 \(count) 次")
            ] : []
        let all = doubts(in: language) + few + method
        return all.isEmpty ? nil : all.joined(separator: language.semicolon)
    }
}

extension Remark {
    /// Its description in a language.
    fileprivate func words(in language: Language) -> String {
        switch self {
        case .singleToken: language(en: description, zh: "只输出一个 token：没有后续 token 的时间")
        case .stepsNotStamped: language(en: description, zh: "步骤没有打点（TIMEIT=0）：只有整个调用")
        case .notStreamed: language(en: description, zh: "回答一次到齐：没有首 token 和后续 token 的时间")
        case .estimated: language(en: description, zh: "常规估计法：没有 prefill、pre、post 和间隔时间")
        case .negativeEstimate:
            language(en: description, zh: "后续 token 的估计为负：1 token 的调用比 n token 的调用更久")
        }
    }
}
