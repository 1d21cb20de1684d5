import Charts
import Measurement

extension PageSection {
    /// Another table beside ours, and how many times as fast we are.
    ///
    /// - Parameter number: Counted from 1, for the anchor.
    static func beside(_ beside: Beside, number: Int) -> PageSection {
        let text = BesideText(beside, in: .en)
        let warning: Markup =
            text.warning.map {
                "<p class=\"verdict care\"><b aria-hidden=\"true\">!</b> <span>\($0)</span></p>\n"
            }
            ?? ""
        let circumstances = PageTable<Circumstance>(
            caption: "What is and is not the same",
            columns: [
                PageTable.Column("what") { .text($0.title(in: .en)) },
                PageTable.Column("ours") { .prose(beside.ours.circumstances[$0] ?? "not stated") },
                PageTable.Column("theirs") {
                    .prose(beside.theirs.circumstances[$0] ?? "not stated")
                },
            ], rows: Circumstance.allCases)
        let table = PageTable<Beside.Pair>(
            caption: "Beside \(beside.theirs.title)", columns: columns(of: beside),
            rows: beside.pairs)
        let anchor = "beside-\(number)"
        var figure = ratios(of: beside)
        figure?.details = anchor
        let drawing: Markup =
            figure.map { "<div class=\"figures\">\n\($0.markup)</div>\n" } ?? ""
        let notes = text.remarks.map { "<p class=\"note\">\($0)</p>\n" as Markup }
        return PageSection(
            anchor: anchor, title: "Beside \(beside.theirs.title)",
            body: Markup(joining: [warning, circumstances.markup, drawing, table.markup] + notes))
    }

    private static func columns(of beside: Beside) -> [PageTable<Beside.Pair>.Column] {
        typealias Column = PageTable<Beside.Pair>.Column
        let setting =
            beside.pairs.contains { $0.setting != nil }
            ? [Column("setting") { .text($0.setting ?? "") }] : []
        let sizes = [
            Column("batch") { .number($0.shape.batch) },
            Column("input", unit: "tokens") { .number($0.shape.inputLength) },
            Column("output", unit: "tokens") { .number($0.shape.outputLength) },
        ]
        let metrics = PublishedMetric.allCases.flatMap { metric in
            [
                Column(metric.name, unit: "\(metric.shortUnit), theirs below") { pair in
                    .number(
                        pair.ours?.values[metric],
                        detail: pair.theirs?.values[metric].map(fourDigits))
                },
                Column("speed", unit: "ours / theirs") { .number($0.speed(metric)) },
            ]
        }
        let remark = Column("remark") { .prose(Self.remark(on: $0)) }
        return setting + sizes + metrics + [remark]
    }

    /// Which side is missing, or failed; what else there is to doubt of ours stands elsewhere.
    private static func remark(on pair: Beside.Pair) -> String {
        func failure(_ side: String, _ cell: PublishedCell?) -> String? {
            guard let cell, cell.status != "ok" else { return nil }
            return "\(side) \(cell.status)" + (cell.reason.map { ": \($0)" } ?? "")
        }
        return [
            pair.theirs == nil ? "only ours" : nil, pair.ours == nil ? "only theirs" : nil,
            failure("ours", pair.ours), failure("theirs", pair.theirs),
        ].compactMap(\.self).joined(separator: "; ")
    }

    /// Our speed as a multiple of theirs, cell by cell; nil where no cell has both.
    private static func ratios(of beside: Beside) -> Figure? {
        let rows = beside.pairs.compactMap { pair -> RowChart.Row? in
            let speeds = PublishedMetric.allCases.map { pair.speed($0) }
            guard speeds.contains(where: { $0 != nil }) else { return nil }
            let sizes =
                "batch \(pair.shape.batch), \(pair.shape.inputLength) → \(pair.shape.outputLength)"
            let texts = zip(PublishedMetric.allCases, speeds).compactMap { metric, speed in
                speed.map { "\(metric.name): \(fourDigits($0))×" }
            }
            return RowChart.Row(
                "\(pair.shape.batch) × \(pair.shape.inputLength) → \(pair.shape.outputLength)",
                dots: speeds, tip: ([sizes] + texts).joined(separator: "\n"))
        }
        guard !rows.isEmpty else { return nil }
        let speeds = rows.flatMap { $0.dots.compactMap(\.self) }
        var chart = RowChart(
            title: "Our speed as a multiple of theirs, batch × input → output",
            axis: PlotAxis("ratio, ours / theirs", .logarithmic(covering: speeds + [1])),
            dots: PublishedMetric.allCases.map(\.name), rows: rows)
        chart.rules = [Rule(.vertical, at: 1, label: "as fast", colour: .muted)]
        return Figure(chart.drawing)
    }
}

extension PublishedMetric {
    /// Above its columns in a page.
    var name: String {
        switch self {
        case .firstToken: "first token"
        case .nextToken: "next tokens"
        case .throughput: "E2E throughput"
        }
    }

    fileprivate var shortUnit: String { isRate ? "token/s" : "ms" }
}
