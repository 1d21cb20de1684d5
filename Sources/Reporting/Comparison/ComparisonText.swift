import Measurement

/// A comparison as a person reads it, in a terminal or as Markdown.
package struct ComparisonText {
    package let comparison: Comparison

    package init(_ comparison: Comparison) {
        self.comparison = comparison
    }

    /// One line for each cell and metric.
    package var text: String {
        var sections = [sides + remarks.map { "\($0)\n" }.joined()]
        for metric in comparison.metrics {
            let lines = metric.cells.map { ($0.id, Self.outcome($0), Self.medians($0)) }
            let widths = (
                lines.map(\.0.displayWidth).max() ?? 0, lines.map(\.1.displayWidth).max() ?? 0
            )
            var section = "\(metric.metric.title), \(metric.metric.unit)\n"
            for (id, outcome, medians) in lines {
                section += "  \(id.padded(toWidth: widths.0))  "
                section += "\(outcome.padded(toWidth: widths.1))  \(medians)\n"
            }
            section += Self.mean(metric).map { "  \($0)\n" } ?? ""
            sections.append(section)
        }
        for (title, cells) in leftOut {
            sections.append(title + "\n" + cells.map { "  \($0.id): \($0.reason)\n" }.joined())
        }
        sections.append(legend + "\n")
        sections.append(conclusion + "\n")
        return sections.joined(separator: "\n")
    }

    /// The same as tables.
    package var markdown: String {
        let compared = "`\(comparison.a.path)` (A) and `\(comparison.b.path)` (B)"
        var sections = ["# Comparison\n", compared + "\n"]
        if !remarks.isEmpty { sections.append(remarks.map { "- \($0)\n" }.joined()) }
        for metric in comparison.metrics {
            sections.append("## \(metric.metric.title), \(metric.metric.unit)\n")
            sections.append(MarkdownTable.text(Self.columns, metric.cells))
            if let mean = Self.mean(metric) { sections.append(mean + "\n") }
        }
        for (title, cells) in leftOut {
            sections.append("## \(title)\n")
            sections.append(
                MarkdownTable.text(
                    [Column("id") { .text($0.id) }, Column("reason") { .text($0.reason) }], cells))
        }
        sections.append(legend + "\n")
        sections.append("**\(conclusion)**\n")
        return sections.joined(separator: "\n")
    }

    /// What stands beside the tables, a paragraph each.
    var notes: [String] {
        ["A: \(comparison.a.path)", "B: \(comparison.b.path)"] + remarks + [legend, conclusion]
    }

    private static let columns: [Column<CellComparison>] = [
        Column("id") { .text($0.id) },
        Column("result") { .text(outcome($0)) },
        Column(header: "A, median") { .text(fourDigits($0.a.median)) },
        Column(header: "B, median") { .text(fourDigits($0.b.median)) },
        Column(header: "n, A") { .integer($0.a.count) },
        Column(header: "n, B") { .integer($0.b.count) },
    ]

    private var sides: String {
        "A: \(comparison.a.path)\nB: \(comparison.b.path)\n"
    }

    /// What is not the same, what was converted, and what else a reader must know.
    private var remarks: [String] {
        let differences = comparison.differences.map { difference in
            switch difference.weight {
            case .notComparable, .refused: "NOT COMPARABLE: \(difference.description)"
            case .differs: "differs: \(difference.description)"
            }
        }
        let order =
            differences.filter { $0.hasPrefix("NOT") }
            + differences.filter { !$0.hasPrefix("NOT") }
        let notes = [("A", comparison.a.notes), ("B", comparison.b.notes)].flatMap { side, notes in
            notes.map { "note on \(side): \($0)" }
        }
        return order + notes
    }

    /// What has no line above, and why; only what there is.
    private var leftOut: [(title: String, cells: [Comparison.LeftOut])] {
        [
            ("Lost: ok in A, not in B", comparison.lost),
            ("Not compared", comparison.leftOut.filter { !$0.isLost }),
        ].filter { !$0.1.isEmpty }
    }

    var legend: String {
        let threshold = comparison.settings.threshold
        let low = fixed(1 / (1 + threshold), decimals: 3)
        let high = fixed(1 + threshold, decimals: 3)
        let name = comparison.settings.nameOfB
        return
            "× is the speed of \(name) over A's, of medians over repetitions, with its 95 % interval; "
            + "faster and slower are significant at 5 % over all cells and metrics, and by more than "
            + "\(percent(threshold * 100)) %; no difference has its interval within \(low) to \(high)."
    }

    /// The verdict in words, with how many results stand behind it.
    var conclusion: String {
        let cells = comparison.metrics.flatMap(\.cells)
        let slower = cells.count { $0.outcome == .slower }
        let open = cells.count(where: \.isOpen)
        return switch comparison.verdict {
        case .regression:
            "Regression: \(slower) of \(cells.count) results slower, \(comparison.lost.count) "
                + "cell\(comparison.lost.count == 1 ? "" : "s") lost."
        case .cannotTell:
            cells.isEmpty
                ? "Cannot tell: nothing could be compared."
                : "Cannot tell: none of \(cells.count) results says anything."
        case .noRegression:
            "No regression found; \(open) of \(cells.count) results cannot tell."
        }
    }

    private func percent(_ value: Double) -> String {
        value == value.rounded() ? fixed(value, decimals: 0) : fourDigits(value)
    }

    private static func outcome(_ cell: CellComparison) -> String {
        let speed = cell.speed.map(speed)
        return switch cell.outcome {
        case .faster, .slower, .noDifference:
            [cell.outcome.words, speed].compactMap(\.self).joined(separator: " ")
        case .cannotTell(let reason):
            // The reason has the interval where that is why.
            [
                "\(cell.outcome.words): \(reason)",
                cell.disturbance == nil ? cell.speed.map(ratio) : speed,
            ]
            .compactMap(\.self).joined(separator: ", ")
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

    private static func mean(_ metric: MetricComparison) -> String? {
        guard metric.cells.count > 1, let mean = metric.geometricMean else { return nil }
        return "geometric mean of \(metric.cells.count) cells: \(speed(mean))"
    }
}
