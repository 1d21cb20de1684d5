import Charts
import Measurement

extension PageSection {
    static let comparedTitle = "Cells compared"

    /// The first screen: what changed as a whole, for each report that is compared with A.
    static func comparisonSummary(_ comparisons: [Comparison]) -> PageSection {
        let parts = comparisons.map { comparison -> Markup in
            let heading: Markup =
                comparisons.count > 1
                ? "<h3>\(Words.heading(comparison.settings.nameOfB))</h3>\n" : ""
            let section = summary(
                Conclusion(comparison), KeyFigure.figures(of: comparison),
                notices: Words.differences(
                    comparison.differences, comparison.settings.nameOfB))
            return heading + section.body
        }
        return PageSection(
            anchor: "summary", title: "At a glance", body: Markup(joining: parts))
    }

    /// Every cell by every metric, with what can be said of it.
    static func compared(_ comparisons: [Comparison]) -> PageSection? {
        let tables = comparisons.compactMap { comparison -> Markup? in
            let results = comparison.metrics.flatMap { metric in
                metric.cells.map { ComparedResult(metric: metric.metric, cell: $0) }
            }
            guard !results.isEmpty else { return nil }
            let name = comparison.settings.nameOfB
            let legend: Markup = "<p class=\"note\">\(ComparisonText(comparison).legend)</p>\n"
            return PageTable(
                caption: Words.compared(name), columns: columns(name), rows: results
            ).markup + legend
        }
        guard !tables.isEmpty else { return nil }
        return PageSection(
            anchor: "compared", title: comparedTitle,
            body: "<p class=\"lead\">\(Words.explanation)</p>\n" + Markup(joining: tables))
    }

    private static func columns(_ name: String) -> [PageTable<ComparedResult>.Column] {
        typealias Column = PageTable<ComparedResult>.Column
        return [
            Column("cell") { .text($0.cell.id) },
            Column("metric") { .text("\($0.metric.title), \($0.metric.unit)") },
            Column("A", unit: "median") { .number($0.cell.a.median) },
            Column(name, unit: "median") { .number($0.cell.b.median) },
            Column("speed", unit: "\(name) / A") { result in
                .number(
                    result.cell.speed?.ratio, detail: result.cell.speed?.interval.map { text($0) })
            },
            Column("verdict") { verdict($0.cell) },
            Column("why") { .prose($0.cell.whyOpen ?? "") },
            Column("n", unit: "A") { .number($0.cell.a.count) },
            Column("n", unit: name) { .number($0.cell.b.count) },
        ]
    }

    private static func verdict(_ cell: CellComparison) -> PageTable<ComparedResult>.Field {
        let grade: Conclusion.Grade =
            switch cell.outcome {
            case .faster, .noDifference: .good
            case .slower: .bad
            case .cannotTell: .care
            }
        return PageTable.Field(
            "<span class=\"\(grade.rawValue)\">\(cell.outcome.words)</span>")
    }

    /// The cells that could not be compared; nil if all could.
    static func notCompared(_ comparisons: [Comparison]) -> PageSection? {
        let rows = comparisons.flatMap { comparison in
            comparison.leftOut.map { (name: comparison.settings.nameOfB, cell: $0) }
        }
        guard !rows.isEmpty else { return nil }
        typealias Column = PageTable<(name: String, cell: Comparison.LeftOut)>.Column
        let table = PageTable(
            caption: Words.notCompared,
            columns: [
                Column("cell") { .text($0.cell.id) },
                Column("reports") { .text("A, \($0.name)") },
                Column("lost") { row in
                    row.cell.isLost
                        ? PageTable.Field("<span class=\"bad\">\(Words.lost)</span>")
                        : .text("")
                },
                Column("why") { .prose($0.cell.reason) },
            ], rows: rows)
        return PageSection(anchor: "not-compared", title: Words.notCompared, body: table.markup)
    }

    /// What is not the same in the reports; nil if nothing is.
    static func differences(_ comparisons: [Comparison]) -> PageSection? {
        let tables = comparisons.compactMap { comparison -> Markup? in
            guard !comparison.differences.isEmpty else { return nil }
            typealias Column = PageTable<Difference>.Column
            let name = comparison.settings.nameOfB
            return PageTable(
                caption: Words.differences(name),
                columns: [
                    Column("what") { .text($0.name) }, Column("A") { .prose($0.a) },
                    Column(name) { .prose($0.b) },
                    Column("means") { difference in
                        difference.weight == .differs
                            ? .text("")
                            : PageTable.Field(
                                "<span class=\"care\">\(Words.notComparable)</span>")
                    },
                ], rows: comparison.differences
            ).markup
        }
        guard !tables.isEmpty else { return nil }
        return PageSection(
            anchor: "differences", title: Words.differencesTitle, body: Markup(joining: tables))
    }

    /// What else is known of each report; nil where there is nothing to say.
    static func sideNotes(_ sides: [(name: String, side: ComparisonSide)]) -> PageSection? {
        let notes = sides.flatMap { name, side in
            (side.warnings + side.notes).map { "<li>\(name): \($0)</li>\n" as Markup }
        }
        guard !notes.isEmpty else { return nil }
        return PageSection(
            anchor: "notes", title: Words.notes,
            body: "<ul class=\"notices\">\n\(notes)</ul>\n")
    }
}

extension Conclusion {
    /// What can be said of a comparison as a whole.
    fileprivate init(_ comparison: Comparison) {
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
            Words.stable(name, rows.count { $0.verdict == .stable }, of: rows.count)
        }
        self.init(
            grade: grade, headline: ComparisonText(comparison).conclusion,
            details: stable.joined(separator: " "))
    }
}

extension KeyFigure {
    /// How many times as fast B is as a whole, metric by metric.
    fileprivate static func figures(of comparison: Comparison) -> [KeyFigure] {
        comparison.metrics.map { metric in
            let counts = Words.counts(metric.cells)
            guard let mean = metric.geometricMean else {
                return KeyFigure(
                    name: Words.name(metric.metric, comparison.settings.nameOfB),
                    lines: [Words.noMean, counts])
            }
            return KeyFigure(
                name: Words.name(metric.metric, comparison.settings.nameOfB),
                value: "\(fixed(mean.ratio, decimals: 3))×", unit: Words.asFast,
                sureness: mean.interval.map(Words.interval) ?? Words.noInterval,
                lines: [Words.mean(metric.cells.count), counts])
        }
    }
}

private enum Words {
    static let explanation =
        "Each cell of both reports by each metric, with the medians over the repetitions; a click on a "
        + "header sorts."
    static let notCompared = "Not compared"
    static let lost = "lost"
    static let notComparable = "not comparable"
    static let differencesTitle = "What differs"
    static let notes = "Notes on the reports"
    static let asFast = "as fast"
    static let noMean = "A cell has a value that is not above 0."
    static let noInterval = "too few repetitions for an interval"

    static func heading(_ name: String) -> String { "\(name) compared with A" }

    /// What alone can explain any other number, in full; all else by name.
    static func differences(_ differences: [Difference], _ name: String) -> [String] {
        let grave = differences.filter { $0.weight != .differs }.map {
            "Not comparable: \($0.name) is \($0.a) in A and \($0.b) in \(name)."
        }
        let others = differences.filter { $0.weight == .differs }.map(\.name)
        let start = grave.isEmpty ? "These differ" : "These differ too"
        let rest = others.isEmpty ? [] : ["\(start): \(others.joined(separator: ", "))."]
        return differences.isEmpty
            ? ["Nothing that the reports know of differs between A and \(name)."] : grave + rest
    }

    static func compared(_ name: String) -> String { "Cells of A and \(name)" }

    static func differences(_ name: String) -> String { "What differs between A and \(name)" }

    static func stable(_ name: String, _ count: Int, of total: Int) -> String {
        "\(name): \(count) of \(total) cells stable."
    }

    static func name(_ metric: Metric, _ name: String) -> String {
        switch metric {
        case .ttft: "TTFT, \(name) over A"
        case .tpot: "TPOT, \(name) over A"
        case .output: "Throughput, \(name) over A"
        case .prefill: "Prefill, \(name) over A"
        case .decode: "Decode, \(name) over A"
        }
    }

    static func interval(_ interval: Interval) -> String {
        "95 % interval \(fixed(interval.low, decimals: 3))–\(fixed(interval.high, decimals: 3))"
    }

    static func mean(_ count: Int) -> String {
        count == 1 ? "of one cell" : "geometric mean of \(count) cells"
    }

    /// `3 faster, 1 slower, 12 no difference`.
    static func counts(_ cells: [CellComparison]) -> String {
        let outcomes: [CellComparison.Outcome] = [
            .faster, .slower, .noDifference, .cannotTell(""),
        ]
        return outcomes.map(\.words).compactMap { words in
            let count = cells.count { $0.outcome.words == words }
            return count > 0 ? "\(count) \(words)" : nil
        }.joined(separator: ", ")
    }
}
