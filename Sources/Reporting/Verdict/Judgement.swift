import Measurement
import Sweep

/// What speaks against the numbers of a row, rule by rule.
struct Judgement: Equatable, Sendable {
    /// Why they cannot be right.
    private(set) var invalid: [String] = []
    /// Why another sweep may say something else.
    private(set) var unstable: [String] = []
    /// Which of those came from outside: they would have hit any other program alike.
    private(set) var disturbances: [String] = []
    /// Whether there are too few repetitions to know how sure they are.
    private(set) var lacksInterval = false

    /// The widest interval of a stable row: half of it, as a share of the median.
    static let widestInterval = 0.05
    /// The most that threads may have waited for a CPU, or lost to the hypervisor, as a share of
    /// their time.
    static let mostLostTime = 0.01
    /// Where waiting cannot be read: involuntary context switches a second and thread.
    ///
    /// A neighbour that wants the CPU takes it at least once in some times the scheduler's 4 ms.
    static let mostSwitches = 50.0
    /// Page faults a second: each takes about 1 µs, so these take 0.1 % of the time.
    static let mostFaults = 1000.0
    /// The most that the frequency may change from before to after a call.
    static let mostFrequencyChange = 0.03
    /// The most that the control cell may move.
    static let mostDrift = 0.02

    var verdict: Verdict {
        if !invalid.isEmpty { return .invalid }
        return unstable.isEmpty && !lacksInterval ? .stable : .unstable
    }

    init(
        _ repetitions: [Repetition], summary: Summary, load: LoadSummary?,
        utilizations: [(String, Utilization?)],
        drift: Drift?, in grid: Grid
    ) {
        judge(utilizations)
        judgeIntervals(of: summary, in: grid)
        judgeRequests(of: load)
        judgeConditions(repetitions.flatMap(\.conditions))
        judgeHugePages(repetitions.compactMap(\.memoryUse?.weightsHugePageBytes))
        if let drift, drift.isSeparated, drift.change > Self.mostDrift {
            disturb(
                "drift: the control cell \(drift.point) was \(percent(drift.change)) slower at one "
                    + "end of the sweep than at the other")
        }
    }

    /// Judges by what else happened during some calls alone.
    init(of conditions: [RunConditions]) {
        judgeConditions(conditions)
    }

    private mutating func disturb(_ reason: String) {
        unstable.append(reason)
        disturbances.append(reason)
    }

    /// Nothing is faster than the machine can be.
    private mutating func judge(_ utilizations: [(String, Utilization?)]) {
        for (phase, utilization) in utilizations {
            guard let utilization else { continue }
            for (name, share) in [("mbu", utilization.mbu), ("mfu", utilization.mfu)]
            where share > Utilization.limit {
                invalid.append(
                    "\(phase)_\(name) is \(percent(share)) of the roof measured beside it")
            }
        }
    }

    private mutating func judgeIntervals(of summary: Summary, in grid: Grid) {
        lacksInterval = summary.count < grid.fewestForInterval
        guard !lacksInterval else { return }
        let limit = grid.convergence?.relativeHalfWidth ?? Self.widestInterval
        let metrics: [(String, KeyPath<Sample, Double?>)] = [
            ("ttft", \.ttft), ("tpot", \.tpot), ("response_time", \.responseTime),
        ]
        for (name, metric) in metrics {
            guard let statistics = summary.statistics(of: metric),
                let interval = statistics.medianInterval(
                    confidence: grid.intervalConfidence)
            else { continue }
            let width = interval.relativeHalfWidth(around: statistics.median)
            if width > limit {
                unstable.append(
                    "\(name) is known to ±\(percent(width)) only (limit \(percent(limit)))")
            }
        }
    }

    /// Times of answers that are whole say nothing of those that broke.
    private mutating func judgeRequests(of load: LoadSummary?) {
        guard let load, let first = load.broken.first else { return }
        let reason =
            switch first.outcome {
            case .refused(let reason): "refused: \(reason)"
            case .failed(let reason): "failed: \(reason)"
            case .cutOff(let reason): "cut off: \(reason)"
            case .ok, .endedEarly: ""
            }
        unstable.append(
            "\(load.broken.count) of \(load.requests.count) requests gave no whole answer, such as "
                + "one that \(reason)")
    }

    private mutating func judgeConditions(_ conditions: [RunConditions]) {
        var problems: [String] = []
        for problem in conditions.flatMap(\.problems) where !problems.contains(problem) {
            problems.append(problem)
        }
        invalid += problems

        let elapsed = conditions.reduce(0.0) { $0 + Double($1.elapsedNanoseconds) }
        let threadTime = conditions.reduce(0.0) {
            $0 + Double($1.elapsedNanoseconds) * Double($1.threads)
        }
        guard elapsed > 0, threadTime > 0 else { return }
        func total(_ property: KeyPath<RunConditions, Int?>) -> Double? {
            let values = conditions.compactMap { $0[keyPath: property] }
            return values.isEmpty ? nil : values.reduce(0) { $0 + Double($1) }
        }
        if let delay = total(\.runDelayNanoseconds) {
            if delay / threadTime > Self.mostLostTime {
                disturb(
                    "threads waited \(percent(delay / threadTime)) of their time for a CPU")
            }
        } else {
            let switches = conditions.reduce(0.0) { $0 + Double($1.involuntarySwitches) }
            if switches / threadTime * 1e9 > Self.mostSwitches {
                disturb("\(fixed(switches, decimals: 0)) involuntary context switches")
            }
        }
        if let steal = total(\.stealNanoseconds), steal / threadTime > Self.mostLostTime {
            disturb("the hypervisor took \(percent(steal / threadTime)) of the time")
        }
        if let migrations = total(\.migrations), migrations > 0 {
            disturb("threads moved to another CPU \(fixed(migrations, decimals: 0)) times")
        }
        let minor = conditions.reduce(0.0) { $0 + Double($1.minorFaults) }
        if minor / elapsed * 1e9 > Self.mostFaults {
            unstable.append("\(fixed(minor, decimals: 0)) page faults")
        }
        let major = conditions.reduce(0.0) { $0 + Double($1.majorFaults) }
        if major > 0 {
            unstable.append("\(fixed(major, decimals: 0)) page faults that read the disk")
        }
        judgeFrequency(conditions)
    }

    private mutating func judgeFrequency(_ conditions: [RunConditions]) {
        let changes = conditions.compactMap { condition -> Double? in
            guard let before = condition.hertzBefore, let after = condition.hertzAfter,
                before > 0, after > 0
            else { return nil }
            // A file may hold frequencies whose quotient is infinite.
            return min(max(before, after) / min(before, after) - 1, .greatestFiniteMagnitude)
        }
        // One measurement of the frequency can be disturbed itself; half of them cannot.
        if let change = Statistics(changes)?.median, change > Self.mostFrequencyChange {
            unstable.append("the frequency changed by \(percent(change)) during the runs")
        }
    }

    /// Huge pages that were there and are gone make later runs slower.
    private mutating func judgeHugePages(_ bytes: [Int]) {
        if let first = bytes.first, let least = bytes.min(), least < first - first / 100 {
            unstable.append(
                "\((first - max(0, least)) >> 20) MiB of the weights lost their huge pages")
        }
    }
}

/// A share in percent, with two significant digits below 10 %.
private func percent(_ share: Double) -> String {
    let value = share * 100
    let rounded = value < 10 ? (value * 10).rounded() / 10 : value.rounded()
    return fixed(rounded, decimals: rounded == rounded.rounded() ? 0 : 1) + " %"
}

/// Whether the numbers of a row may be used.
package enum Verdict: String, Codable, Sendable {
    /// Known well, and nothing disturbed the runs.
    case stable
    /// True of these runs, but another sweep may say something else; the reason says why.
    case unstable
    /// Something says that they cannot be right; the reason says what.
    case invalid
}
