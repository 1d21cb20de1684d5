internal import Basics
internal import Measurement

/// What a profile shows that could be better, as rules with thresholds.
///
/// | kind | when |
/// | --- | --- |
/// | incomplete | 1 % of the phase or more is not accounted for, or spans found no room |
/// | imbalance | waiting for the slowest thread of an operator costs 3 % of the phase or more |
/// | barriers | the barriers themselves, all threads being there, cost 5 % or more |
/// | serial | what one thread does alone costs 3 % or more |
/// | far from the roof | an operator at less than half of the roof could save 3 % or more |
/// | wide weights | 15 % or more of decode is spent in f32 or bf16 weights at 50 % of the bandwidth or more |
public enum Findings {
    static let leastRemainder = 0.01
    static let leastImbalance = 0.03
    static let leastBarriers = 0.05
    static let leastSerial = 0.03
    static let leastFarCost = 0.03
    static let mostFarRoof = 0.50
    static let leastWideShare = 0.15
    static let leastWideBandwidth = 0.50

    /// All findings about a recording, phase by phase, the most expensive first.
    public static func all(in recording: Recording) -> [Finding] {
        Phase.allCases.flatMap { phase in
            guard let table = OperatorTable(recording, phase) else { return [Finding]() }
            return
                (incomplete(table, dropped: recording.droppedSpans) + imbalances(table)
                + barriers(table) + serial(table) + farFromRoof(table)
                + wideWeights(table, recording.operators))
                .sorted { $0.cost > $1.cost }
        }
    }

    private static func incomplete(_ table: OperatorTable, dropped: Int) -> [Finding] {
        let share = table.share(abs(table.remainder))
        guard share >= leastRemainder || dropped > 0 else { return [] }
        let phase = table.phase.rawValue
        let lost =
            dropped > 0
            ? Wording(
                en: ", and \(dropped) spans found no room", zh: "，还有 \(dropped) 个片段没有位置")
            : Wording("")
        return [
            Finding(
                phase: table.phase, kind: .incomplete, operatorName: nil, thread: nil, cost: share,
                text: Wording(
                    en: "the profile misses \(percent(share)) of \(phase)\(lost.en): "
                        + "do not trust its shares",
                    zh: "剖析漏掉了 \(phase) 的 \(percent(share))\(lost.zh)：不要相信它的占比"))
        ]
    }

    private static func imbalances(_ table: OperatorTable) -> [Finding] {
        table.rows.compactMap { row in
            let share = table.share(max(0, row.wait - row.passing))
            guard share >= leastImbalance, row.threads.count > 1, let slowest = row.busiestThread,
                let imbalance = row.imbalance
            else { return nil }
            let (phase, name) = (table.phase.rawValue, row.name)
            let text =
                imbalance >= 1.1
                ? Wording(
                    en:
                        "\(phase) loses \(percent(share)) waiting for thread \(slowest) in \(name), "
                        + "which takes it \(times(imbalance)) the mean of the threads: an uneven "
                        + "split, or a disturbed core",
                    zh: "\(phase) 有 \(percent(share)) 在等线程 \(slowest) 做完 \(name)，它用时是各线程"
                        + "平均的 \(times(imbalance))：分得不均，或核受到干扰")
                : Wording(
                    en:
                        "\(phase) loses \(percent(share)) in \(name) waiting for now one thread, now "
                        + "another: something disturbs the cores, or calls are too short",
                    zh: "\(phase) 有 \(percent(share)) 在 \(name) 里轮流等不同的线程：核受到干扰，或调用太短")
            return Finding(
                phase: table.phase, kind: .imbalance, operatorName: row.name,
                thread: imbalance >= 1.1 ? slowest : nil, cost: share, text: text)
        }
    }

    private static func barriers(_ table: OperatorTable) -> [Finding] {
        let share = table.share(table.rows.reduce(0) { $0 + $1.passing })
        guard share >= leastBarriers else { return [] }
        let count =
            table.rows.filter { $0.workforce == .threads }.reduce(0) { $0 + $1.calls }
            / max(1, table.stepCount)
        return [
            Finding(
                phase: table.phase, kind: .barriers, operatorName: nil, thread: nil, cost: share,
                text: Wording(
                    en: "\(table.phase.rawValue) passes \(count) barriers a step, which cost "
                        + "\(percent(share)) of it: fewer threads, or more sequences, would pay less",
                    zh: "\(table.phase.rawValue) 每步经过 \(count) 个屏障，占它的 \(percent(share))：线程更少"
                        + "或序列更多，代价会更小"))
        ]
    }

    private static func serial(_ table: OperatorTable) -> [Finding] {
        var pieces = table.rows.filter { $0.workforce == .host }.map {
            (Wording($0.name), $0.total)
        }
        let driver = Wording(en: "the driver between passes", zh: "各趟之间的驱动线程")
        pieces.append((driver, table.host))
        return pieces.compactMap { name, nanoseconds in
            let share = table.share(nanoseconds)
            guard share >= leastSerial else { return nil }
            return Finding(
                phase: table.phase, kind: .serial, operatorName: name.en, thread: 0, cost: share,
                text: Wording(
                    en:
                        "\(table.phase.rawValue) spends \(percent(share)) in \(name.en), which thread 0 "
                        + "does alone",
                    zh: "\(table.phase.rawValue) 有 \(percent(share)) 在 \(name.zh)，由线程 0 独自完成"))
        }
    }

    private static func farFromRoof(_ table: OperatorTable) -> [Finding] {
        table.rows.compactMap { row in
            guard let roof = row.roofShare, roof < mostFarRoof else { return nil }
            let saved = row.share * (1 - roof)
            guard saved >= leastFarCost else { return nil }
            return Finding(
                phase: table.phase, kind: .farFromRoof, operatorName: row.name, thread: nil,
                cost: saved,
                text: Wording(
                    en: "\(table.phase.rawValue) spends \(percent(row.share)) in \(row.name) at "
                        + "\(percent(roof)) of the roof: its kernel sets the pace, and at the roof "
                        + "would save \(percent(saved))",
                    zh: "\(table.phase.rawValue) 有 \(percent(row.share)) 在 \(row.name)，只到上限的 "
                        + "\(percent(roof))：它的内核决定快慢，到达上限可省 \(percent(saved))"))
        }
    }

    private static func wideWeights(_ table: OperatorTable, _ operators: [Operator]) -> [Finding] {
        guard table.phase == .decode else { return [] }
        let all = operators.reduce(0) { $0 + ($1.weights?.parameters ?? 0) }
        return table.rows.compactMap { row in
            guard row.share >= leastWideShare,
                let weights = operators.first(where: { $0.name == row.name })?.weights,
                let bytes = Self.bytes[weights.element],
                let mbu = row.utilization?.mbu, mbu >= leastWideBandwidth
            else { return nil }
            let saved = row.share * (1 - 1 / bytes)
            return Finding(
                phase: table.phase, kind: .wideWeights, operatorName: row.name, thread: nil,
                cost: saved,
                text: Wording(
                    en: "decode spends \(percent(row.share)) in \(row.name), which reads "
                        + "\(millions(weights.parameters)) of \(millions(all)) parameters in "
                        + "\(weights.element): int8 would save up to \(percent(saved))",
                    zh: "decode 有 \(percent(row.share)) 在 \(row.name)，它以 \(weights.element) 读取 "
                        + "\(millions(all)) 个参数中的 \(millions(weights.parameters)) 个：int8 最多可省 "
                        + "\(percent(saved))"))
        }
    }

    /// Bytes of a number that int8 would make one of.
    private static let bytes: [String: Double] = ["f32": 4, "bf16": 2]

    private static func percent(_ share: Double) -> String {
        let tenths = Int((share * 1000).rounded())
        return tenths >= 100 ? "\((tenths + 5) / 10) %" : "\(tenths / 10).\(tenths % 10) %"
    }

    private static func times(_ factor: Double) -> String {
        let hundredths = Int((factor * 100).rounded())
        return "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)×"
    }

    private static func millions(_ count: Double) -> String {
        "\(Int((count / 1e6).rounded())) M"
    }
}

extension OperatorTable {
    /// A time as a share of the phase; 0 for a phase without a duration.
    public func share(_ nanoseconds: Double) -> Double {
        duration > 0 ? nanoseconds / duration : 0
    }
}
