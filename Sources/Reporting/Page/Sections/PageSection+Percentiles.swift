import Charts
import Measurement
import Sweep

extension PageSection {
    /// How the gaps between tokens are spread, cell by cell.
    static func percentiles(_ facets: [Facet]) -> PageSection? {
        let figures = facets.flatMap(percentiles(_:))
        guard !figures.isEmpty else { return nil }
        return PageSection(
            anchor: "percentiles", title: "Latency percentiles",
            explanation:
                "ITL, the gaps between one token and the next, of all repetitions together "
                + "(percentiles of type 7). p90 needs 10 gaps and p99 needs 100; each is left out "
                + "where there are fewer.",
            figures: figures, numbers: .tables(table(of: facets.flatMap(\.rows)).markup))
    }

    private static let percentNames = ["p50", "p90", "p99", "maximum"]

    private static func table(of rows: [Row]) -> PageTable<Row> {
        typealias Column = PageTable<Row>.Column
        let percentiles = percentNames.indices.map { index in
            Column(percentNames[index], unit: "ms") { .number(gapPercentiles(of: $0)?[index]) }
        }
        return PageTable(
            caption: "Gaps between tokens",
            columns: [Column("cell") { .text($0.point.words) }] + percentiles
                + [Column("gaps") { .number($0.summary?.gaps?.count) }],
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
    private static func percentiles(_ facet: Facet) -> [Figure] {
        let groups = facet.byBatch.map { batch, rows in
            (batch: batch, rows: rows.compactMap(chartRow))
        }.filter { !$0.rows.isEmpty }
        let values = groups.flatMap { $0.rows.flatMap { $0.dots.compactMap(\.self) } }
        let axis = PlotAxis("ITL, ms", .logarithmic(covering: values))
        return groups.map { batch, rows in
            Figure(
                RowChart(
                    title: facet.titled("ITL, batch \(batch), input → output"), axis: axis,
                    dots: percentNames, rows: rows
                ).drawing)
        }
    }

    private static func chartRow(_ row: Row) -> RowChart.Row? {
        guard let gaps = row.summary?.gaps, let dots = gapPercentiles(of: row) else { return nil }
        let texts = zip(percentNames, dots).compactMap { name, value in
            value.map { "\(name) \(fourDigits($0)) ms" }
        }
        return RowChart.Row(
            row.point.pair.words, dots: dots,
            tip: ([row.point.words] + texts + ["n = \(gaps.count)"]).joined(separator: "\n"))
    }
}
