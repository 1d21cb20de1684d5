import Basics
import Charts
import Measurement
import Sweep

extension PageSection {
    /// What the shapes say that a cell takes, and what the process held at most.
    static func memory(_ facets: [Facet], in language: Language) -> PageSection? {
        let figures = facets.flatMap { memory($0, in: language) }
        guard !figures.isEmpty else { return nil }
        return PageSection(
            anchor: "memory", title: language(en: "Memory", zh: "内存"),
            explanation: language(
                en:
                    "Computed from the shapes: weights, KV cache and scratch. Measured: the most that "
                    + "the process held, its own code and mapped files included.",
                zh: "由形状算出：权重、KV cache 和临时区。实测：进程占用的最大值，包含它自己的代码和映射的文件。"),
            figures: figures,
            numbers: .tables(table(of: facets.flatMap(\.rows), in: language).markup), in: language)
    }

    private static func table(of rows: [Row], in language: Language) -> PageTable<Row> {
        typealias Column = PageTable<Row>.Column
        func column(_ name: String, _ bytes: @escaping (Row) -> Int?) -> Column {
            Column(name, unit: "MiB") { .number(bytes($0).map(mebibytes)) }
        }
        let names = partNames(in: language)
        return PageTable(
            caption: language(en: "Memory of each cell", zh: "每个单元的内存"),
            columns: [
                Column(language.cell) { .text($0.point.words) },
                column(names[0]) { $0.memoryEstimate?.weightsBytes },
                column(names[1]) { $0.memoryEstimate?.kvCacheBytes },
                column(names[2]) { $0.memoryEstimate?.scratchBytes },
                column(peakName(in: language), \.peakResidentBytes),
            ], rows: rows.filter { $0.memoryEstimate != nil || $0.peakResidentBytes != nil })
    }

    /// What the memory of a cell is computed of.
    private static func partNames(in language: Language) -> [String] {
        [language(en: "weights", zh: "权重"), "KV cache", language(en: "scratch", zh: "临时区")]
    }

    private static func peakName(in language: Language) -> String {
        language(en: "peak, measured", zh: "峰值，实测")
    }

    /// One drawing a batch, all along the same axis.
    private static func memory(_ facet: Facet, in language: Language) -> [Figure] {
        let groups = facet.byBatch.map { batch, rows in
            (batch: batch, rows: rows.compactMap { chartRow($0, in: language) })
        }.filter { !$0.rows.isEmpty }
        let ends = groups.flatMap(\.rows).flatMap { row in
            [row.bars.reduce(0, +)] + row.dots.compactMap(\.self)
        }
        let axis = PlotAxis("MiB", .linear(covering: ends))
        return groups.map { batch, rows in
            Figure(
                RowChart(
                    title: facet.titled(
                        language(en: "Memory", zh: "内存") + ", batch \(batch), \(language.lengths)"),
                    axis: axis, surfaces: partNames(in: language),
                    dots: [peakName(in: language)], rows: rows
                ).drawing)
        }
    }

    private static func chartRow(_ row: Row, in language: Language) -> RowChart.Row? {
        let parts = row.memoryEstimate.map { [$0.weightsBytes, $0.kvCacheBytes, $0.scratchBytes] }
        let peak = row.peakResidentBytes
        guard parts != nil || peak != nil else { return nil }
        let texts =
            zip(partNames(in: language), parts ?? []).map { "\($0) \(bytesText($1))" }
            + (peak.map { [language(en: "peak", zh: "峰值") + " \(bytesText($0))"] } ?? [])
        return RowChart.Row(
            row.point.pair.words, bars: (parts ?? []).map(mebibytes),
            dots: [peak.map(mebibytes)], tip: ([row.point.words] + texts).joined(separator: "\n"))
    }
}

/// Bytes in MiB.
func mebibytes(_ bytes: Int) -> Double { Double(bytes) / 1_048_576 }
