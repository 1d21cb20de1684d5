import Charts
import Measurement
import Sweep

extension PageSection {
    /// How the gaps between tokens are spread, cell by cell.
    static func percentiles(_ facets: [Facet]) -> PageSection? {
        let figures = facets.compactMap(percentiles(_:))
        guard !figures.isEmpty else { return nil }
        return PageSection(
            anchor: "percentiles", title: "Latency percentiles",
            explanation:
                "ITL, the gaps between one token and the next, of all repetitions together "
                + "(percentiles of type 7). p99 needs 100 gaps, and is left out where there are fewer.",
            figures: figures)
    }

    private static func percentiles(_ facet: Facet) -> Figure? {
        let found = facet.rows.compactMap { row -> (row: Row, gaps: Statistics)? in
            guard row.status == .ok, let gaps = row.summary?.gaps else { return nil }
            return (row, gaps)
        }
        guard !found.isEmpty else { return nil }
        let rows = found.map { row, gaps in
            let dots = [
                gaps.median, gaps.percentile(90), gaps.supportedPercentile(99), gaps.maximum,
            ]
            let values = zip(["p50", "p90", "p99", "maximum"], dots).compactMap { name, value in
                value.map { "\(name) \(fourDigits($0)) ms" }
            }
            return RowChart.Row(
                "\(row.point.batch) × \(row.point.pair.words)", dots: dots,
                tip: ([row.point.words] + values + ["n = \(gaps.count)"]).joined(separator: "\n"))
        }
        let all = rows.flatMap { $0.dots.compactMap(\.self) }
        let chart = RowChart(
            title: facet.titled("ITL, batch × input → output"),
            axis: PlotAxis("ITL, ms", .logarithmic(covering: all)),
            dots: ["p50", "p90", "p99", "maximum"], rows: rows)
        return Figure(chart.drawing)
    }
}
