import Measurement

extension Beside {
    /// One line of a comparison as CSV: a cell, and what it is compared with.
    package struct Line: Sendable {
        package let beside: Beside
        package let pair: Pair
    }

    /// All comparisons, one line for each cell of each.
    package static func table(_ name: String, _ besides: [Beside]) -> ReportTable {
        ReportTable(
            name, columns,
            besides.flatMap { beside in beside.pairs.map { Line(beside: beside, pair: $0) } })
    }

    /// snake_case, the unit last; `…_speed` is our speed as a multiple of theirs.
    private static let columns = cell + PublishedMetric.allCases.flatMap(columns) + reasons

    private static let cell: [Column<Line>] = [
        Column("beside") { .text($0.beside.theirs.title) },
        Column("differs") { Value($0.beside.differencesText) },
        Column("setting") { Value($0.pair.setting) },
        Column("batch") { .integer($0.pair.shape.batch) },
        Column("input_tokens") { .integer($0.pair.shape.inputLength) },
        Column("output_tokens") { .integer($0.pair.shape.outputLength) },
        Column("status_ours") { Value($0.pair.ours?.status) },
        Column("status_theirs") { Value($0.pair.theirs?.status) },
    ]

    private static let reasons: [Column<Line>] = [
        Column("reason_ours") { Value($0.pair.ours?.reason) },
        Column("reason_theirs") { Value($0.pair.theirs?.reason) },
    ]

    private static func columns(of metric: PublishedMetric) -> [Column<Line>] {
        [
            Column("\(metric.rawValue)_ours", unit: metric.unit) {
                Value($0.pair.ours?.values[metric])
            },
            Column("\(metric.rawValue)_theirs", unit: metric.unit) {
                Value($0.pair.theirs?.values[metric])
            },
            Column("\(metric.rawValue)_speed") { Value($0.pair.speed(metric)) },
        ]
    }

    /// `model: qwen1.5-0.5b, theirs Qwen-7B; precision: bf16, theirs not stated`; nil if nothing differs.
    private var differencesText: String? {
        let texts = differences.map {
            "\($0.circumstance.rawValue): \($0.ours ?? "not stated"), "
                + "theirs \($0.theirs ?? "not stated")"
        }
        return texts.isEmpty ? nil : texts.joined(separator: "; ")
    }
}
