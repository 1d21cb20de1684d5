import Basics
import Charts
import Measurement
import Sweep

extension PageSection {
    /// How the gaps between tokens are spread, cell by cell.
    static func percentiles(_ facets: [Facet], in language: Language) -> PageSection? {
        let figures = facets.flatMap { percentiles($0, in: language) }
        guard !figures.isEmpty else { return nil }
        return PageSection(
            anchor: "percentiles", title: language(en: "Latency percentiles", zh: "时延百分位"),
            explanation: language(
                en: "ITL, the gaps between one token and the next, of all repetitions together "
                    + "(percentiles of type 7). p90 needs 10 gaps and p99 needs 100; each is left out "
                    + "where there are fewer.",
                zh: "ITL 是相邻 token 的间隔，各次重复合在一起（第 7 型百分位）。p90 需要 10 个间隔，p99 需要 "
                    + "100 个；不够的略去。"),
            figures: figures,
            numbers: .tables(table(of: facets.flatMap(\.rows), in: language).markup), in: language)
    }

    private static func percentNames(in language: Language) -> [String] {
        ["p50", "p90", "p99", language(en: "maximum", zh: "最大")]
    }

    private static func table(of rows: [Row], in language: Language) -> PageTable<Row> {
        typealias Column = PageTable<Row>.Column
        let percentiles = percentNames(in: language).enumerated().map { index, name in
            Column(name, unit: "ms") { .number(gapPercentiles(of: $0)?[index]) }
        }
        return PageTable(
            caption: language(en: "Gaps between tokens", zh: "token 的间隔"),
            columns: [Column(language.cell) { .text($0.point.words) }] + percentiles
                + [Column(language(en: "gaps", zh: "间隔数")) { .number($0.summary?.gaps?.count) }],
            rows: rows.filter { gapPercentiles(of: $0) != nil })
    }

    /// In the order of their names; nil where there are no gaps.
    private static func gapPercentiles(of row: Row) -> [Double?]? {
        guard row.status == .ok, let gaps = row.summary?.gaps else { return nil }
        return [
            gaps.median, gaps.supportedPercentile(90), gaps.supportedPercentile(99), gaps.maximum,
        ]
    }

    /// One drawing a batch, all along the same axis.
    private static func percentiles(_ facet: Facet, in language: Language) -> [Figure] {
        let groups = facet.byBatch.map { batch, rows in
            (batch: batch, rows: rows.compactMap { chartRow($0, in: language) })
        }.filter { !$0.rows.isEmpty }
        let values = groups.flatMap { $0.rows.flatMap { $0.dots.compactMap(\.self) } }
        let axis = PlotAxis("ITL, ms", .logarithmic(covering: values))
        return groups.map { batch, rows in
            Figure(
                RowChart(
                    title: facet.titled("ITL, batch \(batch), \(language.lengths)"), axis: axis,
                    dots: percentNames(in: language), rows: rows
                ).drawing)
        }
    }

    private static func chartRow(_ row: Row, in language: Language) -> RowChart.Row? {
        guard let gaps = row.summary?.gaps, let dots = gapPercentiles(of: row) else { return nil }
        let texts = zip(percentNames(in: language), dots).compactMap { name, value in
            value.map { "\(name) \(fourDigits($0)) ms" }
        }
        return RowChart.Row(
            row.point.pair.words, dots: dots,
            tip: ([row.point.words] + texts + ["n = \(gaps.count)"]).joined(separator: "\n"))
    }
}
