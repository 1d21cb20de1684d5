import Basics
import Charts
import Measurement
import Sweep

extension PageSection {
    /// Heat maps of the first and of the next tokens' times over batch and lengths.
    static func latency(_ facets: [Facet], in language: Language) -> PageSection? {
        let metrics: [(String, KeyPath<Sample, Double?>)] = [("TTFT", \.ttft), ("TPOT", \.tpot)]
        let figures = facets.flatMap { facet in
            metrics.compactMap { name, metric in heatMap(of: metric, name, facet, in: language) }
        }
        guard !figures.isEmpty else { return nil }
        return PageSection(
            anchor: "latency",
            title: language(en: "Latency over batch and length", zh: "时延随 batch 和长度"),
            explanation: language(
                en:
                    "Medians over the repetitions. The darker (on a dark page: the lighter) a cell, the "
                    + "longer the time; equal steps of colour are equal ratios.",
                zh: "各次重复的中位数。单元颜色越深（深色页面上越浅），时间越长；颜色每一级的比例相同。"),
            figures: figures, numbers: .cells(in: language), in: language)
    }

    private static func heatMap(
        of metric: KeyPath<Sample, Double?>, _ name: String, _ facet: Facet,
        in language: Language
    ) -> Figure? {
        let (batches, pairs) = (facet.batches, facet.pairs)
        guard !pairs.isEmpty else { return nil }
        let cells = pairs.map { pair in
            batches.map { cell(facet.row(batch: $0, pair), metric, name, in: language) }
        }
        var map = HeatMap(
            title: facet.titled("\(name), ms"), columnTitle: language.sequences,
            rowTitle: language.lengths, columns: batches.map { "\($0)" },
            rows: pairs.map(\.words), cells: cells)
        map.summary = summary(of: metric, facet, in: language)
        return Figure(map.drawing)
    }

    private static func cell(
        _ row: Row?, _ metric: KeyPath<Sample, Double?>, _ name: String, in language: Language
    ) -> HeatMap.Cell {
        guard let row else { return .none }
        if let statistics = row.statistics(of: metric) {
            return .value(
                statistics.median, text: NumberText.threeDigits(statistics.median),
                tip: row.tip(of: metric, name, unit: "ms", in: language))
        }
        let reason = row.reason(in: language) ?? language(en: "not measured", zh: "没有测量")
        return .missing(
            text: row.status == .ok ? "–" : row.status.word(in: language),
            tip: "\(row.point.words)\n\(reason)")
    }

    /// From where to where the medians go.
    private static func summary(
        of metric: KeyPath<Sample, Double?>, _ facet: Facet, in language: Language
    ) -> String {
        let medians = facet.rows.compactMap { $0.statistics(of: metric)?.median }
        guard let least = medians.min(), let most = medians.max() else {
            return language(en: "No values", zh: "没有值")
        }
        let (low, high, count) = (fourDigits(least), fourDigits(most), medians.count)
        return language(
            en: "From \(low) to \(high) over \(count) cells",
            zh: "从 \(low) 到 \(high)，共 \(count) 个单元")
    }
}
