import Reporting
import Testing

struct OpenMetricsFormatTests {
    private struct Line {
        let id: String
        let batch: Int
        let time: Double?
        let count: Int
    }

    @Test func numbersBehindTheNamesAreGauges() throws {
        let table = ReportTable(
            "t",
            [
                Column("id") { .text($0.id) }, Column("batch") { .integer($0.batch) },
                Column("ttft", unit: "ms") { Value($0.time) },
                Column("n (all)") { .integer($0.count) },
                Column("word") { .text($0.id) },
            ] as [Column<Line>],
            [
                Line(id: "a \"b\"\\", batch: 1, time: 1.5, count: 6),
                Line(id: "c", batch: 2, time: nil, count: 0),
            ])
        let text = try ReportFormat.openMetrics.render(ReportDocument(title: "x", tables: [table]))
        #expect(
            text == #"""
                # TYPE tokenmark_ttft_ms gauge
                tokenmark_ttft_ms{id="a \"b\"\\",batch="1"} 1.5
                # TYPE tokenmark_n__all_ gauge
                tokenmark_n__all_{id="a \"b\"\\",batch="1"} 6
                tokenmark_n__all_{id="c",batch="2"} 0
                # EOF

                """#)
    }

    /// Without a fraction there is nothing to draw, and the text is still one.
    @Test func aTableOfNamesHasNoGauge() throws {
        let table = ReportTable("t", [Column<Int>("n") { .integer($0) }], [1, 2])
        #expect(
            try ReportFormat.openMetrics.render(ReportDocument(title: "x", tables: [table]))
                == "# EOF\n")
    }
}
