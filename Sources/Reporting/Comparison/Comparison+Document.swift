import Measurement

extension ReportDocument {
    /// The names of the tables of a comparison.
    package static let comparisonTables = ["results", "differences", "not_compared"]

    /// What changed from one report to another.
    package init(_ comparison: Comparison) {
        let words = ComparisonText(comparison)
        let results = comparison.metrics.flatMap { metric in
            metric.cells.map { ComparedResult(metric: metric.metric, cell: $0) }
        }
        self.init(
            title: "Comparison", notes: words.notes,
            tables: [
                ReportTable(Self.comparisonTables[0], Column.results, results),
                ReportTable(Self.comparisonTables[1], Column.differences, comparison.differences),
                ReportTable(Self.comparisonTables[2], Column.leftOut, comparison.leftOut),
            ])
        text = { words.text }
        markdown = { words.markdown }
        json = { try comparison.json() }
        page = { ComparisonPage([comparison]).page }
    }
}

/// One cell by one metric.
struct ComparedResult: Sendable {
    let metric: Metric
    let cell: CellComparison
}

extension Column<ComparedResult> {
    /// snake_case; `speed` is B's as a multiple of A's.
    fileprivate static let results: [Column<ComparedResult>] = [
        Column("metric") { .text($0.metric.rawValue) },
        Column("id") { .text($0.cell.id) },
        Column("outcome") { .text($0.cell.outcomeName) },
        Column("reason") { Value($0.cell.whyOpen) },
        Column("speed") { Value($0.cell.speed?.ratio) },
        Column("speed_ci95_low") { Value($0.cell.speed?.interval?.low) },
        Column("speed_ci95_high") { Value($0.cell.speed?.interval?.high) },
        Column("p_value") { Value($0.cell.pValue) },
        Column("adjusted_p_value") { Value($0.cell.adjustedPValue) },
        Column("median_a") { .decimal($0.cell.a.median) },
        Column("median_b") { .decimal($0.cell.b.median) },
        Column("repetitions_a") { .integer($0.cell.a.count) },
        Column("repetitions_b") { .integer($0.cell.b.count) },
        Column("repetitions_left") { Value($0.cell.repetitionsLeft) },
    ]
}

extension Column<Difference> {
    fileprivate static let differences: [Column<Difference>] = [
        Column("name") { .text($0.name) },
        Column("a") { .text($0.a) },
        Column("b") { .text($0.b) },
        Column("weight") { .text($0.weight.rawValue) },
    ]
}

extension Column<Comparison.LeftOut> {
    fileprivate static let leftOut: [Column<Comparison.LeftOut>] = [
        Column("id") { .text($0.id) },
        Column("reason") { .text($0.reason) },
        Column("lost") { .text($0.isLost ? "yes" : "no") },
    ]
}
