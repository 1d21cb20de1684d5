import Basics
import Charts
import Measurement
import Sweep

extension KeyFigure {
    /// The time per token that an answer is often asked to keep, in milliseconds: 20 tokens a second, no
    /// slower than one reads.
    static let tokenLimit = 50.0

    /// The answers of a sweep, in the order in which they are asked for; none without a number that can
    /// be right.
    static func figures(
        of rows: [Row], _ manifest: Manifest, in language: Language
    ) -> [KeyFigure] {
        SweepAnswers(rows, manifest, language).figures
    }
}

/// What the first screen of a sweep's page answers.
private struct SweepAnswers {
    private let rows: [Row]
    /// Those with numbers that can be right.
    private let usable: [Row]
    private let availableBytes: Int?
    private let language: Language

    init(_ rows: [Row], _ manifest: Manifest, _ language: Language) {
        self.rows = rows
        usable = rows.filter {
            $0.status == .ok && $0.verdict != .invalid && $0.summary != nil
        }
        availableBytes = manifest.usableMemoryBytes
        self.language = language
    }

    var figures: [KeyFigure] {
        guard !usable.isEmpty else { return [] }
        return [
            best(
                language(en: "Shortest time to first token", zh: "最短首 token 时延"), "ms", \.ttft
            ) { $0 < $1 },
            best(
                language(en: "Shortest time per next token", zh: "最短每 token 时延"), "ms", \.tpot
            ) { $0 < $1 },
            best(
                language(en: "Highest end-to-end throughput", zh: "最高端到端吞吐"), "token/s",
                \.outputRate
            ) { $0 > $1 },
            bestBatch, largestBatch,
            bottleneck(
                language(en: "What limits decode", zh: "什么限制 decode"),
                usable.compactMap(\.decodeUtilization)),
            bottleneck(
                language(en: "What limits prefill", zh: "什么限制 prefill"),
                usable.compactMap(\.prefillUtilization)),
            widestInterval,
        ]
    }

    private var notMeasured: String { language(en: "No cell has it.", zh: "没有单元测得它。") }

    private func best(
        _ name: String, _ unit: String, _ metric: KeyPath<Sample, Double?>,
        _ isBetter: (Double, Double) -> Bool
    ) -> KeyFigure {
        let found = usable.compactMap { row in
            row.statistics(of: metric).map { (row: row, statistics: $0) }
        }.min { isBetter($0.statistics.median, $1.statistics.median) }
        guard let found else { return KeyFigure(name: name, lines: [notMeasured]) }
        return KeyFigure(
            name: name, value: fourDigits(found.statistics.median), unit: unit,
            verdict: found.row.verdict,
            sureness: sureness(of: found.statistics, of: found.row, unit: unit),
            lines: [found.row.point.words])
    }

    /// `95 % interval 61.83–62.60 ms`, or why there is none.
    private func sureness(of statistics: Statistics, of row: Row, unit: String) -> String {
        guard let interval = row.interval(of: statistics) else {
            return language(
                en: "n = \(statistics.count), too few for an interval",
                zh: "n = \(statistics.count)，太少，没有区间")
        }
        return language(en: "95 % interval", zh: "95 % 区间") + " \(text(interval)) \(unit)"
    }

    /// The cell with the most tokens a second of those whose tokens come fast enough.
    private var bestBatch: KeyFigure {
        let limit = fixed(KeyFigure.tokenLimit, decimals: 0)
        let name = language(
            en: "Best batch at \(limit) ms a token or less",
            zh: "每 token 不超过 \(limit) ms 的最佳 batch")
        let timed = usable.compactMap { row -> (row: Row, tpot: Statistics, rate: Double)? in
            guard let tpot = row.statistics(of: \.tpot),
                let rate = row.statistics(of: \.outputRate)?.median
            else { return nil }
            return (row, tpot, rate)
        }
        guard let fastest = timed.min(by: { $0.tpot.median < $1.tpot.median }) else {
            return KeyFigure(name: name, lines: [notMeasured])
        }
        let within = timed.filter { $0.tpot.median <= KeyFigure.tokenLimit }
        guard let best = within.max(by: { $0.rate < $1.rate }) else {
            let shortest = fourDigits(fastest.tpot.median)
            return KeyFigure(
                name: name,
                lines: [
                    language(
                        en: "None: the shortest is \(shortest) ms a token.",
                        zh: "没有：最短为每 token \(shortest) ms。"),
                    fastest.row.point.words,
                ])
        }
        let (rate, tpot) = (fourDigits(best.rate), fourDigits(best.tpot.median))
        var lines = [
            language(
                en: "\(rate) token/s at \(tpot) ms a token",
                zh: "\(rate) token/s，每 token \(tpot) ms"),
            best.row.point.words,
        ]
        let batches = Set(usable.map(\.point.batch))
        let batch = best.row.point.batch
        if batches.count == 1 {
            lines.append(language(en: "the only batch that was measured", zh: "只测量了这一个 batch"))
        } else if batch == batches.max() {
            lines.append(
                language(
                    en: "the largest batch that was measured; a larger one may do better",
                    zh: "测量过的最大 batch；更大的可能更好"))
        }
        if let interval = best.row.interval(of: best.tpot),
            interval.high > KeyFigure.tokenLimit
        {
            lines.append(language(en: "its interval goes beyond the limit", zh: "它的区间超出限值"))
        }
        return KeyFigure(
            name: name, value: "\(batch)", unit: KeyFigure.sequences(batch, in: language),
            verdict: best.row.verdict, sureness: sureness(of: best.tpot, of: best.row, unit: "ms"),
            lines: lines)
    }

    private var largestBatch: KeyFigure {
        let name = language(en: "Largest batch that fits", zh: "放得下的最大 batch")
        let command = language(
            en: "tokenmark max-batch finds it by running", zh: "tokenmark max-batch 通过运行找到它")
        func none(_ why: String) -> KeyFigure { KeyFigure(name: name, lines: [why, command]) }
        let noEstimate = language(
            en: "No cell says how much memory it takes.", zh: "没有单元说明它占多少内存。")
        guard rows.contains(where: { $0.memoryEstimate != nil }) else { return none(noEstimate) }
        guard let availableBytes else {
            return none(
                language(
                    en: "The report does not say how much memory there was.",
                    zh: "报告没有说明有多少内存。"))
        }
        guard let fitting = FittingBatch(rows, availableBytes: availableBytes) else {
            return none(noEstimate)
        }
        let setting = fitting.setting.map { ", \($0)" } ?? ""
        let place =
            language(
                en: "of \(fitting.lengths.words) tokens", zh: "\(fitting.lengths.words) token")
            + setting
        guard fitting.batch > 0 else {
            return none(
                language(
                    en: "Not one sequence \(place) fits what memory there was.",
                    zh: "当时的内存连一条 \(place) 的序列都放不下。"))
        }
        let base = bytesText(fitting.fixedBytes)
        let (each, all) = (bytesText(fitting.bytesPerSequence), bytesText(availableBytes))
        let computed = language(
            en: "computed, not run: \(base) and \(each) a sequence in \(all)",
            zh: "计算得出，未运行：\(base) 加每条序列 \(each)，可用 \(all)")
        let isMeasured = fitting.batch == fitting.largestMeasured
        return KeyFigure(
            name: name, value: "\(fitting.batch)",
            unit: KeyFigure.sequences(fitting.batch, in: language),
            lines: [place]
                + (isMeasured
                    ? [language(en: "it was measured", zh: "测量过")] : [computed, command]))
    }

    private func bottleneck(_ name: String, _ utilizations: [Utilization]) -> KeyFigure {
        guard let bottleneck = Bottleneck(utilizations) else {
            let noRoof = language(
                en: "The roof of the machine was not measured.", zh: "没有测量机器的上限。")
            return KeyFigure(
                name: name,
                lines: [usable.contains { $0.roof != nil } ? notMeasured : noRoof])
        }
        let (count, total) = (bottleneck.count, bottleneck.total)
        let cells = language(
            en: "in \(count) of \(total) cells", zh: "\(total) 个单元中的 \(count) 个")
        return KeyFigure(
            name: name, value: word(bottleneck.kind),
            lines: [shares(bottleneck)] + (count < total ? [cells] : []))
    }

    private func word(_ kind: Bottleneck.Kind) -> String {
        switch kind {
        case .memory: language(en: "memory", zh: "内存")
        case .arithmetic: language(en: "arithmetic", zh: "运算")
        case .neither: language(en: "neither roof", zh: "都不是")
        }
    }

    private func shares(_ bottleneck: Bottleneck) -> String {
        let (reach, rate) = (range(bottleneck.reads), range(bottleneck.multiplies))
        let reads = language(
            en: "reads at \(reach) of the measured bandwidth", zh: "读取达到实测带宽的 \(reach)")
        let multiplies = language(
            en: "does \(rate) of the measured multiply peak", zh: "运算达到实测乘法峰值的 \(rate)")
        return switch bottleneck.kind {
        case .memory: reads
        case .arithmetic: multiplies
        case .neither:
            language(
                en: "\(reads) and \(multiplies); tokenmark profile says where the time goes",
                zh: "\(reads)，\(multiplies)；时间花在哪里见 tokenmark profile")
        }
    }

    private func range(_ range: ClosedRange<Double>) -> String {
        let (low, high) = (
            fixed(range.lowerBound, decimals: 2), fixed(range.upperBound, decimals: 2)
        )
        return low == high ? low : language(en: "\(low) to \(high)", zh: "\(low) 至 \(high)")
    }

    /// How much is known of the number that least is known of.
    private var widestInterval: KeyFigure {
        let name = language(en: "Widest 95 % interval", zh: "最宽的 95 % 区间")
        let (count, total) = (usable.count { $0.verdict == .stable }, rows.count)
        let stable = language(
            en: "\(count) of \(total) \(total == 1 ? "cell is" : "cells are") stable",
            zh: "\(total) 个单元中 \(count) 个稳定")
        guard let widest = WidestInterval(usable) else {
            let fewest = usable[0].fewestForInterval
            let none = language(
                en: "No cell has the \(fewest) repetitions that an interval needs.",
                zh: "区间需要 \(fewest) 次重复，没有单元达到。")
            return KeyFigure(name: name, lines: [none, stable])
        }
        return KeyFigure(
            name: name, value: "±\(fixed(widest.relativeHalfWidth * 100, decimals: 1))", unit: "%",
            lines: [
                language(en: "of \(widest.metric.en)", zh: widest.metric.zh), widest.point.words,
                stable,
            ])
    }
}

extension KeyFigure {
    /// What a batch is counted in.
    static func sequences(_ count: Int, in language: Language) -> String {
        language(en: count == 1 ? "sequence" : "sequences", zh: "条序列")
    }
}
