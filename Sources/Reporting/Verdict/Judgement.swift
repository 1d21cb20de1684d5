import Measurement
import Sweep

/// What speaks against the numbers of a row, rule by rule.
struct Judgement: Equatable, Sendable {
    /// Why they cannot be right.
    private(set) var invalid: [Wording] = []
    /// Why another sweep may say something else.
    private(set) var unstable: [Wording] = []
    /// Which of those came from outside: they would have hit any other program alike.
    private(set) var disturbances: [Wording] = []
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
                    + "end of the sweep than at the other",
                zh: "漂移：对照单元 \(drift.point) 在测试的一端比另一端慢 \(percent(drift.change))")
        }
    }

    /// Judges by what else happened during some calls alone.
    init(of conditions: [RunConditions]) {
        judgeConditions(conditions)
    }

    private mutating func disturb(_ en: String, zh: String) {
        let reason = Wording(en: en, zh: zh)
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
                    Wording(
                        en: "\(phase)_\(name) is \(percent(share)) of the roof measured beside it",
                        zh: "\(phase)_\(name) 为同时测得的上限的 \(percent(share))"))
            }
        }
    }

    private mutating func judgeIntervals(of summary: Summary, in grid: Grid) {
        lacksInterval = summary.count < grid.fewestForInterval
        guard !lacksInterval else { return }
        let limit = grid.convergence?.relativeHalfWidth ?? Self.widestInterval
        for metric in JudgedMetric.all {
            guard let statistics = summary.statistics(of: metric.path),
                let interval = statistics.medianInterval(
                    confidence: grid.intervalConfidence)
            else { continue }
            let width = interval.relativeHalfWidth(around: statistics.median)
            if width > limit {
                unstable.append(
                    Wording(
                        en:
                            "\(metric.name) is known to ±\(percent(width)) only (limit \(percent(limit)))",
                        zh: "\(metric.name) 只知道到 ±\(percent(width))（限 \(percent(limit))）"))
            }
        }
    }

    /// Times of answers that are whole say nothing of those that broke.
    private mutating func judgeRequests(of load: LoadSummary?) {
        guard let load, let first = load.broken.first else { return }
        let (en, zh) =
            switch first.outcome {
            case .refused(let reason): ("refused: \(reason)", "被拒绝：\(reason)")
            case .failed(let reason): ("failed: \(reason)", "失败：\(reason)")
            case .cutOff(let reason): ("cut off: \(reason)", "被中断：\(reason)")
            case .ok, .endedEarly: ("", "")
            }
        unstable.append(
            Wording(
                en: "\(load.broken.count) of \(load.requests.count) requests gave no whole answer, "
                    + "such as one that \(en)",
                zh: "\(load.requests.count) 个请求中有 \(load.broken.count) 个没有完整的回答，例如\(zh)"))
    }

    private mutating func judgeConditions(_ conditions: [RunConditions]) {
        var problems: [String] = []
        for problem in conditions.flatMap(\.problems) where !problems.contains(problem) {
            problems.append(problem)
        }
        // A problem is told in the words of who met it.
        invalid += problems.map { Wording(en: $0, zh: $0) }

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
                    "threads waited \(percent(delay / threadTime)) of their time for a CPU",
                    zh: "线程有 \(percent(delay / threadTime)) 的时间在等待 CPU")
            }
        } else {
            let switches = conditions.reduce(0.0) { $0 + Double($1.involuntarySwitches) }
            if switches / threadTime * 1e9 > Self.mostSwitches {
                disturb(
                    "\(fixed(switches, decimals: 0)) involuntary context switches",
                    zh: "\(fixed(switches, decimals: 0)) 次被动上下文切换")
            }
        }
        if let steal = total(\.stealNanoseconds), steal / threadTime > Self.mostLostTime {
            disturb(
                "the hypervisor took \(percent(steal / threadTime)) of the time",
                zh: "虚拟机管理程序占去了 \(percent(steal / threadTime)) 的时间")
        }
        if let migrations = total(\.migrations), migrations > 0 {
            disturb(
                "threads moved to another CPU \(fixed(migrations, decimals: 0)) times",
                zh: "线程被移到另一个 CPU \(fixed(migrations, decimals: 0)) 次")
        }
        let minor = conditions.reduce(0.0) { $0 + Double($1.minorFaults) }
        if minor / elapsed * 1e9 > Self.mostFaults {
            let count = fixed(minor, decimals: 0)
            unstable.append(Wording(en: "\(count) page faults", zh: "\(count) 次缺页"))
        }
        let major = conditions.reduce(0.0) { $0 + Double($1.majorFaults) }
        if major > 0 {
            let count = fixed(major, decimals: 0)
            unstable.append(
                Wording(en: "\(count) page faults that read the disk", zh: "\(count) 次读盘的缺页"))
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
            unstable.append(
                Wording(
                    en: "the frequency changed by \(percent(change)) during the runs",
                    zh: "运行期间频率变化了 \(percent(change))"))
        }
    }

    /// Huge pages that were there and are gone make later runs slower.
    private mutating func judgeHugePages(_ bytes: [Int]) {
        if let first = bytes.first, let least = bytes.min(), least < first - first / 100 {
            let lost = (first - max(0, least)) >> 20
            unstable.append(
                Wording(
                    en: "\(lost) MiB of the weights lost their huge pages",
                    zh: "权重有 \(lost) MiB 失去了大页"))
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

    /// The word that stands for it.
    func word(in language: Language) -> String {
        switch self {
        case .stable: language(en: rawValue, zh: "稳定")
        case .unstable: language(en: rawValue, zh: "不稳定")
        case .invalid: language(en: rawValue, zh: "无效")
        }
    }
}
