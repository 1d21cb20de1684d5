import Basics
import Charts
import Measurement

extension PageSection {
    static func comparedTitle(in language: Language) -> String {
        language(en: "Cells compared", zh: "单元比较")
    }

    /// The first screen: what changed as a whole, for each report that is compared with A.
    static func comparisonSummary(
        _ comparisons: [Comparison], in language: Language
    ) -> PageSection {
        let parts = comparisons.map { comparison -> Markup in
            let name = comparison.settings.nameOfB
            let words = language(en: "\(name) compared with A", zh: "\(name) 与 A 比较")
            let heading: Markup = comparisons.count > 1 ? "<h3>\(words)</h3>\n" : ""
            let section = summary(
                Conclusion(comparison, in: language),
                KeyFigure.figures(of: comparison, in: language),
                notices: notices(of: comparison.differences, name, in: language), in: language)
            return heading + section.body
        }
        return PageSection(
            anchor: "summary", title: summaryTitle(in: language), body: Markup(joining: parts))
    }

    /// What alone can explain any other number, in full; all else by name.
    private static func notices(
        of differences: [Difference], _ name: String, in language: Language
    ) -> [String] {
        guard !differences.isEmpty else {
            return [
                language(
                    en: "Nothing that the reports know of differs between A and \(name).",
                    zh: "就报告所知，A 和 \(name) 没有不同。")
            ]
        }
        let grave = differences.filter { $0.weight != .differs }.map {
            language(en: "Not comparable: ", zh: "不可比：")
                + $0.words(nameOfB: name, in: language) + language(en: ".", zh: "。")
        }
        let others = differences.filter { $0.weight == .differs }.map { $0.title(in: language) }
        guard !others.isEmpty else { return grave }
        let list = others.joined(separator: language(en: ", ", zh: "、"))
        return grave + [
            language(
                en: "\(grave.isEmpty ? "These differ" : "These differ too"): \(list).",
                zh: "\(grave.isEmpty ? "不同" : "另有不同")：\(list)。")
        ]
    }

    /// Every cell by every metric, with what can be said of it.
    static func compared(
        _ comparisons: [Comparison], in language: Language
    ) -> PageSection? {
        let tables = comparisons.compactMap { comparison -> Markup? in
            let results = comparison.metrics.flatMap { metric in
                metric.cells.map { ComparedResult(metric: metric.metric, cell: $0) }
            }
            guard !results.isEmpty else { return nil }
            let name = comparison.settings.nameOfB
            let legend = ComparisonText(comparison, in: language).legend
            return PageTable(
                caption: language(en: "Cells of A and \(name)", zh: "A 和 \(name) 的单元"),
                columns: columns(name, in: language), rows: results
            ).markup + "<p class=\"note\">\(legend)</p>\n"
        }
        guard !tables.isEmpty else { return nil }
        let explanation = language(
            en:
                "Each cell of both reports by each metric, with the medians over the repetitions; a "
                + "click on a header sorts.",
            zh: "两份报告的每个单元、每个指标，附各次重复的中位数；点击表头可排序。")
        return PageSection(
            anchor: "compared", title: comparedTitle(in: language),
            body: "<p class=\"lead\">\(explanation)</p>\n" + Markup(joining: tables))
    }

    private static func columns(
        _ name: String, in language: Language
    ) -> [PageTable<ComparedResult>.Column] {
        typealias Column = PageTable<ComparedResult>.Column
        let median = language(en: "median", zh: "中位数")
        return [
            Column(language.cell) { .text($0.cell.id) },
            Column(language(en: "metric", zh: "指标")) {
                .text("\($0.metric.title(in: language)), \($0.metric.unit)")
            },
            Column("A", unit: median) { .number($0.cell.a.median) },
            Column(name, unit: median) { .number($0.cell.b.median) },
            Column(language(en: "speed", zh: "速度"), unit: "\(name) / A") { result in
                .number(
                    result.cell.speed?.ratio, detail: result.cell.speed?.interval.map { text($0) })
            },
            Column(language.verdict) { verdict($0.cell, in: language) },
            Column(language(en: "why", zh: "为何")) { .prose($0.cell.whyOpen?[language] ?? "") },
            Column("n", unit: "A") { .number($0.cell.a.count) },
            Column("n", unit: name) { .number($0.cell.b.count) },
        ]
    }

    private static func verdict(
        _ cell: CellComparison, in language: Language
    ) -> PageTable<ComparedResult>.Field {
        let grade: Conclusion.Grade =
            switch cell.outcome {
            case .faster, .noDifference: .good
            case .slower: .bad
            case .cannotTell: .care
            }
        return PageTable.Field(
            "<span class=\"\(grade.rawValue)\">\(cell.outcome.words(in: language))</span>")
    }

    /// The cells that could not be compared; nil if all could.
    static func notCompared(
        _ comparisons: [Comparison], in language: Language
    ) -> PageSection? {
        let rows = comparisons.flatMap { comparison in
            comparison.leftOut.map { (name: comparison.settings.nameOfB, cell: $0) }
        }
        guard !rows.isEmpty else { return nil }
        typealias Column = PageTable<(name: String, cell: Comparison.LeftOut)>.Column
        let title = language(en: "Not compared", zh: "未比较")
        let lost = language(en: "lost", zh: "丢失")
        let table = PageTable(
            caption: title,
            columns: [
                Column(language.cell) { .text($0.cell.id) },
                Column(language(en: "reports", zh: "报告")) { .text("A, \($0.name)") },
                Column(lost) { row in
                    row.cell.isLost
                        ? PageTable.Field("<span class=\"bad\">\(lost)</span>") : .text("")
                },
                Column(language(en: "why", zh: "为何")) { .prose($0.cell.reason[language]) },
            ], rows: rows)
        return PageSection(anchor: "not-compared", title: title, body: table.markup)
    }

    /// What is not the same in the reports; nil if nothing is.
    static func differences(
        _ comparisons: [Comparison], in language: Language
    ) -> PageSection? {
        let tables = comparisons.compactMap { comparison -> Markup? in
            guard !comparison.differences.isEmpty else { return nil }
            typealias Column = PageTable<Difference>.Column
            let name = comparison.settings.nameOfB
            return PageTable(
                caption: language(
                    en: "What differs between A and \(name)", zh: "A 和 \(name) 的不同"),
                columns: [
                    Column(language(en: "what", zh: "项目")) { .text($0.title(in: language)) },
                    Column("A") { .prose($0.a) }, Column(name) { .prose($0.b) },
                    Column(language(en: "means", zh: "意味着")) { difference in
                        let words = language(en: "not comparable", zh: "不可比")
                        return difference.weight == .differs
                            ? .text("") : PageTable.Field("<span class=\"care\">\(words)</span>")
                    },
                ], rows: comparison.differences
            ).markup
        }
        guard !tables.isEmpty else { return nil }
        return PageSection(
            anchor: "differences", title: language(en: "What differs", zh: "不同之处"),
            body: Markup(joining: tables))
    }

    /// What else is known of each report; nil where there is nothing to say.
    static func sideNotes(
        _ sides: [(name: String, side: ComparisonSide)], in language: Language
    ) -> PageSection? {
        let notes = sides.flatMap { name, side in
            (side.warnings + side.notes.map { $0[language] }).map {
                "<li>\(name): \($0)</li>\n" as Markup
            }
        }
        guard !notes.isEmpty else { return nil }
        return PageSection(
            anchor: "notes", title: language(en: "Notes on the reports", zh: "关于报告"),
            body: "<ul class=\"notices\">\n\(notes)</ul>\n")
    }
}

extension Conclusion {
    /// What can be said of a comparison as a whole.
    fileprivate init(_ comparison: Comparison, in language: Language) {
        let grade: Grade =
            switch comparison.verdict {
            case .regression: .bad
            case .cannotTell: .care
            case .noRegression: .good
            }
        let sides = [
            ("A", comparison.a.rows), (comparison.settings.nameOfB, comparison.b.rows),
        ].filter { !$0.1.isEmpty }
        let stable = sides.map { name, rows in
            let count = rows.count { $0.verdict == .stable }
            return language(
                en: "\(name): \(count) of \(rows.count) cells stable.",
                zh: "\(name)：\(rows.count) 个单元中 \(count) 个稳定。")
        }
        self.init(
            grade: grade, headline: ComparisonText(comparison, in: language).conclusion,
            details: stable.joined(separator: language(en: " ", zh: "")))
    }
}

extension KeyFigure {
    /// How many times as fast B is as a whole, metric by metric.
    fileprivate static func figures(
        of comparison: Comparison, in language: Language
    ) -> [KeyFigure] {
        comparison.metrics.map { metric in
            let name = question(metric.metric, comparison.settings.nameOfB, in: language)
            let counts = counts(metric.cells, in: language)
            guard let mean = metric.geometricMean else {
                let none = language(
                    en: "A cell has a value that is not above 0.", zh: "有一个单元的值不大于 0。")
                return KeyFigure(name: name, lines: [none, counts])
            }
            let interval = mean.interval.map {
                "\(fixed($0.low, decimals: 3))–\(fixed($0.high, decimals: 3))"
            }
            let count = metric.cells.count
            return KeyFigure(
                name: name, value: "\(fixed(mean.ratio, decimals: 3))×",
                unit: language(en: "as fast", zh: "的速度"),
                sureness: interval.map {
                    language(en: "95 % interval \($0)", zh: "95 % 区间 \($0)")
                }
                    ?? language(
                        en: "too few repetitions for an interval", zh: "重复太少，没有区间"),
                lines: [
                    language(
                        en: count == 1 ? "of one cell" : "geometric mean of \(count) cells",
                        zh: count == 1 ? "一个单元" : "\(count) 个单元的几何平均"),
                    counts,
                ])
        }
    }

    private static func question(
        _ metric: Metric, _ name: String, in language: Language
    ) -> String {
        let words =
            switch metric {
            case .ttft: "TTFT"
            case .tpot: "TPOT"
            case .output: language(en: "Throughput", zh: "吞吐")
            case .prefill: language(en: "Prefill", zh: "prefill")
            case .decode: language(en: "Decode", zh: "decode")
            }
        return language(en: "\(words), \(name) over A", zh: "\(words)，\(name) 比 A")
    }

    /// `3 faster, 1 slower, 12 no difference`.
    private static func counts(_ cells: [CellComparison], in language: Language) -> String {
        let outcomes: [CellComparison.Outcome] = [
            .faster, .slower, .noDifference, .cannotTell(Wording("")),
        ]
        return outcomes.map { $0.words(in: language) }.compactMap { words in
            let count = cells.count { $0.outcome.words(in: language) == words }
            guard count > 0 else { return nil }
            return language(en: "\(count) \(words)", zh: "\(count) 个\(words)")
        }.joined(separator: language.comma)
    }
}
