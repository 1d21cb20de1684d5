package import Basics
import Measurement

/// A comparison as a person reads it, in a terminal or as Markdown.
package struct ComparisonText: Sendable {
    package let comparison: Comparison
    package let language: Language

    package init(_ comparison: Comparison, in language: Language = .en) {
        self.comparison = comparison
        self.language = language
    }

    /// One line for each cell and metric.
    package var text: String {
        var sections = [sides + remarks.map { "\($0)\n" }.joined()]
        for metric in comparison.metrics {
            let lines = metric.cells.map { ($0.id, outcome($0), Self.medians($0)) }
            let widths = (
                lines.map(\.0.displayWidth).max() ?? 0, lines.map(\.1.displayWidth).max() ?? 0
            )
            var section = heading(metric) + "\n"
            for (id, outcome, medians) in lines {
                section += "  \(id.padded(toWidth: widths.0))  "
                section += "\(outcome.padded(toWidth: widths.1))  \(medians)\n"
            }
            section += mean(metric).map { "  \($0)\n" } ?? ""
            sections.append(section)
        }
        for (title, cells) in leftOut {
            let lines = cells.map { "  \($0.id)\(language.colon)\($0.reason[language])\n" }
            sections.append(title + "\n" + lines.joined())
        }
        sections.append(legend + "\n")
        sections.append(conclusion + "\n")
        return sections.joined(separator: "\n")
    }

    /// The same as tables.
    package var markdown: String {
        let (a, b) = (comparison.a.path, comparison.b.path)
        let compared = language(en: "`\(a)` (A) and `\(b)` (B)", zh: "`\(a)`（A）和 `\(b)`（B）")
        var sections = ["# \(title)\n", compared + "\n"]
        if !remarks.isEmpty { sections.append(remarks.map { "- \($0)\n" }.joined()) }
        for metric in comparison.metrics {
            sections.append("## \(heading(metric))\n")
            sections.append(MarkdownTable.text(columns, metric.cells))
            if let mean = mean(metric) { sections.append(mean + "\n") }
        }
        let language = language
        for (title, cells) in leftOut {
            sections.append("## \(title)\n")
            sections.append(
                MarkdownTable.text(
                    [
                        Column("id") { .text($0.id) },
                        Column(header: language(en: "reason", zh: "原因")) {
                            .text($0.reason[language])
                        },
                    ], cells))
        }
        sections.append(legend + "\n")
        sections.append("**\(conclusion)**\n")
        return sections.joined(separator: "\n")
    }

    var title: String { language(en: "Comparison", zh: "比较") }

    /// What stands beside the tables, a paragraph each.
    var notes: [String] {
        ["A: \(comparison.a.path)", "B: \(comparison.b.path)"] + remarks + [legend, conclusion]
    }

    private func heading(_ metric: MetricComparison) -> String {
        "\(metric.metric.title(in: language)), \(metric.metric.unit)"
    }

    private var columns: [Column<CellComparison>] {
        let (text, language) = (self, language)
        func median(_ side: String) -> String {
            language(en: "\(side), median", zh: "\(side) 中位数")
        }
        return [
            Column("id") { .text($0.id) },
            Column(header: language(en: "result", zh: "结果")) { .text(text.outcome($0)) },
            Column(header: median("A")) { .text(fourDigits($0.a.median)) },
            Column(header: median("B")) { .text(fourDigits($0.b.median)) },
            Column(header: "n, A") { .integer($0.a.count) },
            Column(header: "n, B") { .integer($0.b.count) },
        ]
    }

    private var sides: String {
        "A: \(comparison.a.path)\nB: \(comparison.b.path)\n"
    }

    /// What is not the same, what was converted, and what else a reader must know.
    private var remarks: [String] {
        let grave = comparison.differences.filter { $0.weight != .differs }.map {
            language(en: "NOT COMPARABLE: ", zh: "不可比：") + $0.words(in: language)
        }
        let others = comparison.differences.filter { $0.weight == .differs }.map {
            language(en: "differs: ", zh: "不同：") + $0.words(in: language)
        }
        let notes = [("A", comparison.a.notes), ("B", comparison.b.notes)].flatMap { side, notes in
            notes.map {
                language(en: "note on \(side): \($0.en)", zh: "关于 \(side)：\($0.zh)")
            }
        }
        return grave + others + notes
    }

    /// What has no line above, and why; only what there is.
    private var leftOut: [(title: String, cells: [Comparison.LeftOut])] {
        [
            (
                language(en: "Lost: ok in A, not in B", zh: "丢失：在 A 中正常，在 B 中不是"),
                comparison.lost
            ),
            (
                language(en: "Not compared", zh: "未比较"),
                comparison.leftOut.filter { !$0.isLost }
            ),
        ].filter { !$0.1.isEmpty }
    }

    var legend: String {
        let threshold = comparison.settings.threshold
        let low = fixed(1 / (1 + threshold), decimals: 3)
        let high = fixed(1 + threshold, decimals: 3)
        let name = comparison.settings.nameOfB
        let floor = "\(percent(threshold * 100)) %"
        return language(
            en:
                "× is the speed of \(name) over A's, of medians over repetitions, with its 95 % interval; "
                + "faster and slower are significant at 5 % over all cells and metrics, and by more "
                + "than \(floor); no difference has its interval within \(low) to \(high).",
            zh: "× 是 \(name) 的速度与 A 的速度之比，取各次重复的中位数，附 95 % 区间；更快和更慢在全部单元和指标上"
                + "以 5 % 的水平显著，且超过 \(floor)；无差别指区间在 \(low) 到 \(high) 之内。")
    }

    /// The verdict in words, with how many results stand behind it.
    var conclusion: String {
        let cells = comparison.metrics.flatMap(\.cells)
        let slower = cells.count { $0.outcome == .slower }
        let open = cells.count(where: \.isOpen)
        let lost = comparison.lost.count
        return switch comparison.verdict {
        case .regression:
            language(
                en: "Regression: \(slower) of \(cells.count) results slower, \(lost) "
                    + "cell\(lost == 1 ? "" : "s") lost.",
                zh: "变慢：\(cells.count) 个结果中 \(slower) 个更慢，\(lost) 个单元丢失。")
        case .cannotTell:
            cells.isEmpty
                ? language(
                    en: "Cannot tell: nothing could be compared.", zh: "无法判断：没有可比较的。")
                : language(
                    en: "Cannot tell: none of \(cells.count) results says anything.",
                    zh: "无法判断：\(cells.count) 个结果都说明不了什么。")
        case .noRegression:
            language(
                en: "No regression found; \(open) of \(cells.count) results cannot tell.",
                zh: "没有发现变慢；\(cells.count) 个结果中 \(open) 个无法判断。")
        }
    }

    private func percent(_ value: Double) -> String {
        value == value.rounded() ? fixed(value, decimals: 0) : fourDigits(value)
    }

    private func outcome(_ cell: CellComparison) -> String {
        let words = cell.outcome.words(in: language)
        let speed = cell.speed.map(Self.speed)
        return switch cell.outcome {
        case .faster, .slower, .noDifference:
            [words, speed].compactMap(\.self).joined(separator: " ")
        case .cannotTell(let reason):
            // The reason has the interval where that is why.
            [
                words + language.colon + reason[language],
                cell.disturbance == nil ? cell.speed.map(Self.ratio) : speed,
            ]
            .compactMap(\.self).joined(separator: language.comma)
        }
    }

    /// `1.31× [1.28, 1.34]`.
    private static func speed(_ speed: RatioInterval) -> String {
        guard let interval = speed.interval else { return ratio(speed) }
        let (low, high) = (fixed(interval.low, decimals: 2), fixed(interval.high, decimals: 2))
        return "\(ratio(speed)) [\(low), \(high)]"
    }

    /// `1.31×`.
    private static func ratio(_ speed: RatioInterval) -> String {
        "\(fixed(speed.ratio, decimals: 2))×"
    }

    private static func medians(_ cell: CellComparison) -> String {
        "\(fourDigits(cell.a.median)) → \(fourDigits(cell.b.median))"
    }

    private func mean(_ metric: MetricComparison) -> String? {
        guard metric.cells.count > 1, let mean = metric.geometricMean else { return nil }
        return language(
            en: "geometric mean of \(metric.cells.count) cells: ",
            zh: "\(metric.cells.count) 个单元的几何平均：") + Self.speed(mean)
    }
}
