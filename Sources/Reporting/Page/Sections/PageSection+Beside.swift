import Basics
import Charts
import Measurement
import Sweep

extension PageSection {
    /// Another table beside ours, and how many times as fast we are.
    ///
    /// - Parameter number: Counted from 1, for the anchor.
    static func beside(
        _ beside: Beside, number: Int, in language: Language
    ) -> PageSection {
        let text = BesideText(beside, in: language)
        let warning: Markup =
            text.warning.map {
                "<p class=\"verdict care\"><b aria-hidden=\"true\">!</b> <span>\($0)</span></p>\n"
            }
            ?? ""
        let notStated = language(en: "not stated", zh: "未说明")
        let circumstances = PageTable<Circumstance>(
            caption: language(en: "What is and is not the same", zh: "相同与不同"),
            columns: [
                PageTable.Column(language(en: "what", zh: "项目")) { .text($0.title(in: language)) },
                PageTable.Column(language(en: "ours", zh: "本次")) {
                    .prose(beside.ours.circumstances[$0] ?? notStated)
                },
                PageTable.Column(language(en: "theirs", zh: "对方")) {
                    .prose(beside.theirs.circumstances[$0] ?? notStated)
                },
            ], rows: Circumstance.allCases)
        let title = language(
            en: "Beside \(beside.theirs.title)", zh: "竞品对比：\(beside.theirs.title)")
        let table = PageTable<Beside.Pair>(
            caption: title, columns: columns(of: beside, in: language), rows: beside.pairs)
        let anchor = "beside-\(number)"
        var figure = ratios(of: beside, in: language)
        figure?.details = anchor
        let drawing: Markup =
            figure.map { "<div class=\"figures\">\n\($0.markup)</div>\n" } ?? ""
        let notes = text.remarks.map { "<p class=\"note\">\($0)</p>\n" as Markup }
        return PageSection(
            anchor: anchor, title: title,
            body: Markup(joining: [warning, circumstances.markup, drawing, table.markup] + notes))
    }

    private static func columns(
        of beside: Beside, in language: Language
    ) -> [PageTable<Beside.Pair>.Column] {
        typealias Column = PageTable<Beside.Pair>.Column
        let setting =
            beside.pairs.contains { $0.setting != nil }
            ? [Column(language.setting) { .text($0.setting ?? "") }] : []
        let sizes = [
            Column("batch") { .number($0.shape.batch) },
            Column(Parameter.input.title(in: language), unit: language.tokens) {
                .number($0.shape.inputLength)
            },
            Column(Parameter.output.title(in: language), unit: language.tokens) {
                .number($0.shape.outputLength)
            },
        ]
        let metrics = PublishedMetric.allCases.flatMap { metric in
            [
                Column(
                    metric.name(in: language),
                    unit: metric.shortUnit + language(en: ", theirs below", zh: "，下为对方")
                ) { pair in
                    .number(
                        pair.ours?.values[metric],
                        detail: pair.theirs?.values[metric].map(fourDigits))
                },
                Column(
                    language(en: "speed", zh: "速度"),
                    unit: language(en: "ours / theirs", zh: "本次 / 对方")
                ) { .number($0.speed(metric)) },
            ]
        }
        let remark = Column(language(en: "remark", zh: "备注")) {
            .prose(Self.remark(on: $0, in: language))
        }
        return setting + sizes + metrics + [remark]
    }

    /// Which side is missing, or failed; what else there is to doubt of ours stands elsewhere.
    private static func remark(on pair: Beside.Pair, in language: Language) -> String {
        func failure(_ side: String, _ cell: PublishedCell?) -> String? {
            guard let cell, cell.status != "ok" else { return nil }
            return "\(side) \(cell.status)" + (cell.reason.map { language.colon + $0 } ?? "")
        }
        return [
            pair.theirs == nil ? language(en: "only ours", zh: "仅本次有") : nil,
            pair.ours == nil ? language(en: "only theirs", zh: "仅对方有") : nil,
            failure(language(en: "ours", zh: "本次"), pair.ours),
            failure(language(en: "theirs", zh: "对方"), pair.theirs),
        ].compactMap(\.self).joined(separator: language.semicolon)
    }

    /// Our speed as a multiple of theirs, cell by cell; nil where no cell has both.
    private static func ratios(of beside: Beside, in language: Language) -> Figure? {
        let rows = beside.pairs.compactMap { pair -> RowChart.Row? in
            let speeds = PublishedMetric.allCases.map { pair.speed($0) }
            guard speeds.contains(where: { $0 != nil }) else { return nil }
            let sizes =
                "batch \(pair.shape.batch), \(pair.shape.inputLength) → \(pair.shape.outputLength)"
            let texts = zip(PublishedMetric.allCases, speeds).compactMap { metric, speed in
                speed.map { metric.name(in: language) + language.colon + "\(fourDigits($0))×" }
            }
            return RowChart.Row(
                "\(pair.shape.batch) × \(pair.shape.inputLength) → \(pair.shape.outputLength)",
                dots: speeds, tip: ([sizes] + texts).joined(separator: "\n"))
        }
        guard !rows.isEmpty else { return nil }
        let speeds = rows.flatMap { $0.dots.compactMap(\.self) }
        var chart = RowChart(
            title: language(
                en: "Our speed as a multiple of theirs, batch × input → output",
                zh: "本次速度是对方的几倍，batch × 输入 → 输出"),
            axis: PlotAxis(
                language(en: "ratio, ours / theirs", zh: "对比，本次 / 对方"),
                .logarithmic(covering: speeds + [1])),
            dots: PublishedMetric.allCases.map { $0.name(in: language) }, rows: rows)
        chart.rules = [
            Rule(.vertical, at: 1, label: language(en: "as fast", zh: "一样快"), colour: .muted)
        ]
        return Figure(chart.drawing)
    }
}

extension PublishedMetric {
    /// Above its columns in a page.
    func name(in language: Language) -> String {
        switch self {
        case .firstToken: language(en: "first token", zh: "首 token")
        case .nextToken: language(en: "next tokens", zh: "非首 token")
        case .throughput: language(en: "E2E throughput", zh: "E2E 吞吐")
        }
    }

    fileprivate var shortUnit: String { isRate ? "token/s" : "ms" }
}
