import Charts
import Measurement
import Sweep

extension PageSection {
    /// What the shapes say that a cell takes, and what the process held at most.
    static func memory(_ facets: [Facet]) -> PageSection? {
        let figures = facets.flatMap(memory(_:))
        guard !figures.isEmpty else { return nil }
        return PageSection(
            anchor: "memory", title: "Memory",
            explanation:
                "Computed from the shapes: weights, KV cache and scratch. Measured: the most "
                + "that the process held, its own code and mapped files included.",
            figures: figures, numbers: .tables(table(of: facets.flatMap(\.rows)).markup))
    }

    private static func table(of rows: [Row]) -> PageTable<Row> {
        typealias Column = PageTable<Row>.Column
        func column(_ name: String, _ bytes: @escaping (Row) -> Int?) -> Column {
            Column(name, unit: "MiB") { .number(bytes($0).map(mebibytes)) }
        }
        return PageTable(
            caption: "Memory of each cell",
            columns: [
                Column("cell") { .text($0.point.words) },
                column("weights") { $0.memoryEstimate?.weightsBytes },
                column("KV cache") { $0.memoryEstimate?.kvCacheBytes },
                column("scratch") { $0.memoryEstimate?.scratchBytes },
                column("peak, measured", \.peakResidentBytes),
            ], rows: rows.filter { $0.memoryEstimate != nil || $0.peakResidentBytes != nil })
    }

    /// One drawing a batch, all along the same axis.
    private static func memory(_ facet: Facet) -> [Figure] {
        let groups = facet.byBatch.map { batch, rows in
            (batch: batch, rows: rows.compactMap(chartRow))
        }.filter { !$0.rows.isEmpty }
        let ends = groups.flatMap(\.rows).flatMap { row in
            [row.bars.reduce(0, +)] + row.dots.compactMap(\.self)
        }
        let axis = PlotAxis("MiB", .linear(covering: ends))
        return groups.map { batch, rows in
            Figure(
                RowChart(
                    title: facet.titled("Memory, batch \(batch), input → output"), axis: axis,
                    surfaces: ["weights", "KV cache", "scratch"], dots: ["peak, measured"],
                    rows: rows
                ).drawing)
        }
    }

    private static func chartRow(_ row: Row) -> RowChart.Row? {
        let parts = row.memoryEstimate.map { [$0.weightsBytes, $0.kvCacheBytes, $0.scratchBytes] }
        let peak = row.peakResidentBytes
        guard parts != nil || peak != nil else { return nil }
        let texts =
            zip(["weights", "KV cache", "scratch"], parts ?? []).map {
                "\($0) \(bytesText($1))"
            } + (peak.map { ["peak \(bytesText($0))"] } ?? [])
        return RowChart.Row(
            row.point.pair.words, bars: (parts ?? []).map(mebibytes),
            dots: [peak.map(mebibytes)], tip: ([row.point.words] + texts).joined(separator: "\n"))
    }
}

/// Bytes in MiB.
func mebibytes(_ bytes: Int) -> Double { Double(bytes) / 1_048_576 }
