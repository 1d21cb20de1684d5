import Basics
import Charts
import Sweep

extension PageSection {
    /// The largest batch of each pair of lengths, and within which limits.
    static func largestBatches(
        _ manifest: Manifest, _ curves: [MaxBatchCurve], _ limits: MaxBatchLimits,
        in language: Language
    ) -> PageSection {
        let found = curves.count { $0.maxBatch != nil }
        let words = limits.words(in: language)
        let details = language(
            en:
                "Of \(curves.count) pairs of lengths \(found) have a batch that passed. Limits: \(words).",
            zh: "\(curves.count) 对长度中 \(found) 对有通过的 batch。限值：\(words)。")
        let isWhole = found == curves.count && manifest.status == .completed
        let conclusion =
            found == 0
            ? Conclusion(
                grade: .bad, headline: language(en: "No batch passed.", zh: "没有 batch 通过。"),
                details: details)
            : isWhole
                ? Conclusion(
                    grade: .good,
                    headline: language(
                        en: "Every pair has its largest batch.", zh: "每对长度都有最大 batch。"),
                    details: details)
                : Conclusion(
                    grade: .care,
                    headline: language(en: "The search found some answers.", zh: "搜索找到了一部分答案。"),
                    details: details)
        let title = language(en: "Largest batches", zh: "最大 batch")
        let table = PageTable<MaxBatchCurve>(
            caption: title,
            columns: [
                PageTable.Column(Parameter.input.title(in: language), unit: language.tokens) {
                    .number($0.input)
                },
                PageTable.Column(Parameter.output.title(in: language), unit: language.tokens) {
                    .number($0.output)
                },
                PageTable.Column(MaxBatchReport.title(in: language)) { .number($0.maxBatch) },
                PageTable.Column("TTFT", unit: "ms") { .number($0.best?.ttft) },
                PageTable.Column("TPOT", unit: "ms") { .number($0.best?.tpot) },
                PageTable.Column(language(en: "end to end", zh: "端到端"), unit: "token/s") {
                    .number($0.best?.outputRate)
                },
                PageTable.Column(language.peak, unit: "MiB") {
                    .number(($0.best?.peakBytes).map(mebibytes))
                },
                PageTable.Column(language(en: "notes", zh: "备注")) {
                    .prose($0.words(limits, in: language))
                },
            ], rows: curves)
        var section = summary(
            conclusion, KeyFigure.figures(of: curves, limits, in: language), notices: [],
            in: language)
        section.title = title
        section.body += table.markup
        return section
    }

    /// Memory and times against batch, with the limits on them.
    static func batchCurves(
        _ curves: [MaxBatchCurve], _ limits: MaxBatchLimits, in language: Language
    ) -> PageSection? {
        let figures = curves.flatMap { curve in
            let drawings = MaxBatchDrawings(curve: curve, limits: limits, language: language)
            return [
                drawings.memory, drawings.time("TTFT", \.ttft, limit: limits.ttft),
                drawings.time("TPOT", \.tpot, limit: limits.tpot),
            ].compactMap(\.self)
        }
        guard !figures.isEmpty else { return nil }
        return PageSection(
            anchor: "curves", title: language(en: "Against batch", zh: "随 batch 变化"),
            explanation: language(
                en:
                    "Every attempt was a real run in a process of its own. A circle passed, a cross did "
                    + "not.",
                zh: "每次尝试都在自己的进程里真实运行。圆圈通过，叉没有通过。"),
            figures: figures,
            numbers: .section(anchor: "attempts", title: attemptsTitle(in: language)), in: language)
    }

    private static func attemptsTitle(in language: Language) -> String {
        language(en: "Attempts", zh: "各次尝试")
    }

    /// Every attempt.
    static func attempts(
        _ curves: [MaxBatchCurve], _ limits: MaxBatchLimits, in language: Language
    ) -> PageSection? {
        let attempts = curves.flatMap { curve in curve.points.map { (curve.pair, $0) } }
        guard !attempts.isEmpty else { return nil }
        let title = attemptsTitle(in: language)
        let table = PageTable<(LengthPair, MaxBatchCurve.Point)>(
            caption: title,
            columns: [
                PageTable.Column(Parameter.input.title(in: language), unit: language.tokens) {
                    .number($0.0.input)
                },
                PageTable.Column(Parameter.output.title(in: language), unit: language.tokens) {
                    .number($0.0.output)
                },
                PageTable.Column("batch") { .number($0.1.batch) },
                PageTable.Column(language(en: "outcome", zh: "结果")) { attempt in
                    let word = attempt.1.word(in: language)
                    let grade: Conclusion.Grade = attempt.1.passed ? .good : .bad
                    return PageTable.Field("<span class=\"\(grade.rawValue)\">\(word)</span>")
                },
                PageTable.Column("TTFT", unit: "ms") { .number($0.1.ttft) },
                PageTable.Column("TPOT", unit: "ms") { .number($0.1.tpot) },
                PageTable.Column(language.predicted, unit: "MiB") {
                    .number($0.1.predictedBytes.map(mebibytes))
                },
                PageTable.Column(language.peak, unit: "MiB") { .number($0.1.peakMebibytes) },
                PageTable.Column(language.reason) {
                    .prose(limits.reason(of: $0.1)?[language] ?? "")
                },
            ], rows: attempts)
        return PageSection(anchor: "attempts", title: title, body: table.markup)
    }
}

extension KeyFigure {
    /// Each answer of a search, and what the next batch ran into.
    fileprivate static func figures(
        of curves: [MaxBatchCurve], _ limits: MaxBatchLimits, in language: Language
    ) -> [KeyFigure] {
        // The table below has all of them.
        curves.prefix(8).map { curve in
            let name = language(
                en: "Largest batch of \(curve.pair.words) tokens",
                zh: "\(curve.pair.words) token 的最大 batch")
            guard let batch = curve.maxBatch else {
                return KeyFigure(name: name, lines: [curve.words(limits, in: language)])
            }
            let times = [
                curve.best?.ttft.map {
                    language(
                        en: "\(fourDigits($0)) ms to the first token",
                        zh: "首 token \(fourDigits($0)) ms")
                },
                curve.best?.tpot.map {
                    language(en: "\(fourDigits($0)) ms a token", zh: "每 token \(fourDigits($0)) ms")
                },
            ].compactMap(\.self).joined(separator: language.comma)
            let next = curve.points.first { !$0.passed && $0.batch > batch }.map { point in
                let reason = limits.reason(of: point)?[language] ?? point.word(in: language)
                return language(
                    en: "\(point.batch) did not pass: \(reason)",
                    zh: "\(point.batch) 没有通过：\(reason)")
            }
            let untried = language(en: "no larger one was tried", zh: "没有尝试更大的")
            return KeyFigure(
                name: name, value: "\(batch)", unit: sequences(batch, in: language),
                lines: [times, next ?? untried].filter { !$0.isEmpty })
        }
    }
}

extension MaxBatchCurve {
    var pair: LengthPair { LengthPair(input, output) }

    /// The attempt that stands for the answer.
    fileprivate var best: Point? { points.last { $0.batch == maxBatch && $0.passed } }

    /// The notes, and why there is no answer.
    fileprivate func words(_ limits: MaxBatchLimits, in language: Language) -> String {
        let last = points.last.flatMap(limits.reason(of:)) ?? .nothingTried
        return ((notes ?? []) + (maxBatch == nil ? [last] : [])).map { $0[language] }
            .joined(separator: language.semicolon)
    }
}

extension MaxBatchCurve.Point {
    var peakMebibytes: Double? { peakBytes.map(mebibytes) }

    /// How it came out, in a word.
    func word(in language: Language) -> String {
        if passed { return language(en: "passed", zh: "通过") }
        guard let status, status != .ok else { return language(en: "not passed", zh: "未通过") }
        return status.word(in: language)
    }
}
