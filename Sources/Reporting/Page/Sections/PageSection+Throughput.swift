import Basics
import Charts
import Measurement
import Sweep

extension PageSection {
    /// Tokens a second after the first against batch, below the roofs of memory and of arithmetic.
    static func throughput(_ facets: [Facet], in language: Language) -> PageSection? {
        let figures = facets.flatMap { facet in
            facet.pairGroups.compactMap { decode(facet, $0, in: language) }
        }
        guard !figures.isEmpty else { return nil }
        return PageSection(
            anchor: "throughput", title: language(en: "Decode below its roofs", zh: "decode 与上限"),
            explanation: language(
                en:
                    "Medians over the repetitions with their 95 % intervals. The memory roof is batch × "
                    + "measured read bandwidth / bytes that a step must read; the compute roof is "
                    + "batch × measured operations a second / operations of a step; a band goes from "
                    + "the lowest to the highest cell. Both axes are logarithmic, so that a roof is a "
                    + "straight line.",
                zh: "各次重复的中位数及其 95 % 区间。内存上限为 batch × 实测读带宽 / 一步必须读取的字节；运算上限为 "
                    + "batch × 实测每秒运算数 / 一步的运算数；带从最低的单元到最高的单元。两轴都是对数，所以上限是直线。"),
            figures: figures, numbers: .cells(in: language), in: language)
    }

    private static func decode(
        _ facet: Facet, _ pairs: [LengthPair], in language: Language
    ) -> Figure? {
        let series = series(facet, pairs, in: language)
        guard !series.isEmpty else { return nil }
        let rows = pairs.flatMap(facet.rows(of:))
        let memory = RoofLine(rows) { cost, roof in roof.readBytesPerSecond / cost.bytes }
        let compute = RoofLine(rows) { cost, roof in roof.operationsPerSecond / cost.operations }
        let measured = series.flatMap(\.points).map(\.y)
        let ends = series.flatMap(\.points).ends
        let height = (measured + memory.values).max() ?? 1
        // A compute roof far above would press the data together.
        let showsCompute = (compute.values.min() ?? .infinity) <= height * 4
        let roofs = [
            memory.series(language(en: "memory roof", zh: "内存上限"), .limit, .dashed),
            showsCompute
                ? compute.series(language(en: "compute roof", zh: "运算上限"), .muted, .dashed) : nil,
        ].compactMap(\.self)
        var plot = Plot(
            title: facet.titled(
                language(en: "Decode: tokens after the first", zh: "decode：首 token 之后")),
            x: .sizes(language.sequences, facet.batches),
            y: PlotAxis(
                "token/s",
                .logarithmic(
                    covering: ends + memory.values + (showsCompute ? compute.values : []))),
            series: roofs + series)
        plot.summary = summary(measured, in: language)
        var note = ""
        if let least = compute.values.min(), !showsCompute {
            let start = NumberText.threeDigits(least)
            note = language(
                en: "The compute roof begins at \(start) token/s, above this plot.",
                zh: "运算上限从 \(start) token/s 开始，在图的上方。")
        } else if memory.values.isEmpty {
            note = language(en: "The roof was not measured.", zh: "没有测量上限。")
        }
        return Figure(plot.drawing, note: note)
    }

    private static func series(
        _ facet: Facet, _ pairs: [LengthPair], in language: Language
    ) -> [Series] {
        pairs.enumerated().compactMap { index, pair in
            let points = facet.rows(of: pair).compactMap { row -> Datum? in
                guard let statistics = row.statistics(of: \.decodeRate) else { return nil }
                return Datum(
                    Double(row.point.batch), statistics.median,
                    range: row.interval(of: statistics).map { $0.low...$0.high },
                    tip: row.tip(of: \.decodeRate, "decode", unit: "token/s", in: language))
            }
            guard !points.isEmpty else { return nil }
            return Series(
                pair.words, points: points, colour: .series(index), marker: .series(index),
                spread: .whiskers)
        }
    }

    private static func summary(_ values: [Double], in language: Language) -> String {
        guard let least = values.min(), let most = values.max() else { return "" }
        let (low, high) = (fourDigits(least), fourDigits(most))
        return language(en: "From \(low) to \(high) token/s", zh: "从 \(low) 到 \(high) token/s")
    }
}

/// The most tokens a second that each batch can have, as roof and cost of its cells say.
struct RoofLine: Equatable {
    /// Ascending by batch.
    let points: [Datum]

    /// - Parameter rate: Steps a second, of the cost of one step and the roof beside it.
    init(_ rows: [Row], _ rate: (Cost, Roof) -> Double) {
        var rates: [Int: [Double]] = [:]
        for row in rows where row.status == .ok {
            let steps = Double(row.point.outputLength - 1)
            guard steps > 0, let cost = row.costs?.decode, let roof = row.roof else { continue }
            let step = Cost(bytes: cost.bytes / steps, operations: cost.operations / steps)
            let tokens = Double(row.point.batch) * rate(step, roof)
            if tokens.isFinite, tokens > 0 { rates[row.point.batch, default: []].append(tokens) }
        }
        points = rates.sorted { $0.key < $1.key }.compactMap { batch, rates in
            Statistics(rates).map {
                Datum(Double(batch), $0.median, range: $0.minimum...$0.maximum)
            }
        }
    }

    var values: [Double] { points.map(\.y) }

    func series(_ label: String, _ colour: Colour, _ line: Series.Line) -> Series? {
        guard !points.isEmpty else { return nil }
        return Series(label, points: points, colour: colour, line: line, marker: nil)
    }
}
