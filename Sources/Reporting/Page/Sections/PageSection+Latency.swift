import Charts
import Measurement
import Sweep

extension PageSection {
    /// Heat maps of the first and of the next tokens' times over batch and lengths.
    static func latency(_ facets: [Facet]) -> PageSection? {
        let metrics: [(String, KeyPath<Sample, Double?>)] = [("TTFT", \.ttft), ("TPOT", \.tpot)]
        let figures = facets.flatMap { facet in
            metrics.compactMap { name, metric in heatMap(of: metric, name, facet) }
        }
        guard !figures.isEmpty else { return nil }
        return PageSection(
            anchor: "latency", title: "Latency over batch and length",
            explanation: "Medians over the repetitions. The darker (on a dark page: the lighter) a "
                + "cell, the longer the time; equal steps of colour are equal ratios.",
            figures: figures, numbers: .cells)
    }

    private static func heatMap(
        of metric: KeyPath<Sample, Double?>, _ name: String, _ facet: Facet
    ) -> Figure? {
        let (batches, pairs) = (facet.batches, facet.pairs)
        guard !pairs.isEmpty else { return nil }
        let cells = pairs.map { pair in
            batches.map { cell(facet.row(batch: $0, pair), metric, name) }
        }
        var map = HeatMap(
            title: facet.titled("\(name), ms"), columnTitle: "batch, sequences",
            rowTitle: "input → output", columns: batches.map { "\($0)" },
            rows: pairs.map(\.words), cells: cells)
        map.summary = summary(of: metric, facet)
        return Figure(map.drawing)
    }

    private static func cell(
        _ row: Row?, _ metric: KeyPath<Sample, Double?>, _ name: String
    ) -> HeatMap.Cell {
        guard let row else { return .none }
        if let statistics = row.statistics(of: metric) {
            return .value(
                statistics.median, text: NumberText.threeDigits(statistics.median),
                tip: row.tip(of: metric, name, unit: "ms"))
        }
        let reason = row.reason ?? "not measured"
        return .missing(
            text: row.status == .ok ? "–" : row.status.rawValue,
            tip: "\(row.point.words)\n\(reason)")
    }

    /// From where to where the medians go.
    private static func summary(of metric: KeyPath<Sample, Double?>, _ facet: Facet) -> String {
        let medians = facet.rows.compactMap { $0.statistics(of: metric)?.median }
        guard let least = medians.min(), let most = medians.max() else { return "No values" }
        return "From \(fourDigits(least)) to \(fourDigits(most)) over \(medians.count) cells"
    }
}
