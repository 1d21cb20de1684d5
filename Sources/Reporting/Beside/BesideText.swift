package import Basics
import Measurement

/// A comparison as Markdown: what differs, then the cells of both sides in the documents' columns.
package struct BesideText {
    package let beside: Beside
    package let language: Language

    package init(_ beside: Beside, in language: Language = .zh) {
        self.beside = beside
        self.language = language
    }

    package var markdown: String {
        var sections = ["## \(heading)\n"]
        if let warning { sections.append("**\(warning)**\n") }
        sections.append(MarkdownTable.text(circumstanceColumns, Circumstance.allCases))
        sections.append(MarkdownTable.text(columns, beside.pairs))
        sections.append(remarks.map { "- \($0)\n" }.joined())
        return sections.joined(separator: "\n")
    }

    /// `竞品对比：Qwen-7B on 910B3`.
    private var heading: String {
        let title = MarkdownTable.escaped(beside.theirs.title)
        return language(en: "Beside: \(title)", zh: "竞品对比：\(title)")
    }

    /// What is not the same, and what a side does not state; nil if there is nothing to say.
    package var warning: String? {
        func names(_ differences: [Beside.Difference]) -> String {
            differences.map { $0.circumstance.title(in: language) }
                .joined(separator: language(en: ", ", zh: "、"))
        }
        let known = beside.differences.filter(\.isKnown)
        let unknown = beside.differences.filter { !$0.isKnown }
        var parts: [String] = []
        if !known.isEmpty { parts.append(language(en: "Not the same: ", zh: "不同：") + names(known)) }
        if !unknown.isEmpty {
            parts.append(language(en: "Not stated: ", zh: "未说明：") + names(unknown))
        }
        if !beside.hasCommonCells {
            parts.append(language(en: "No cell in common", zh: "两边没有相同的单元"))
        }
        return parts.isEmpty
            ? nil
            : parts.joined(separator: language(en: ". ", zh: "；")) + language(en: ".", zh: "。")
    }

    private var ours: String { language(en: "ours", zh: "本次") }
    private var theirs: String { language(en: "theirs", zh: "对方") }

    private var circumstanceColumns: [Column<Circumstance>] {
        let (beside, language) = (beside, language)
        let notStated = language(en: "not stated", zh: "未说明")
        let marks = Dictionary(
            uniqueKeysWithValues: beside.differences.map {
                ($0.circumstance, $0.isKnown ? language(en: "not the same", zh: "不同") : notStated)
            })
        return [
            Column(header: "") { .text($0.title(in: language)) },
            Column(header: ours) { .text(beside.ours.circumstances[$0] ?? notStated) },
            Column(header: theirs) { .text(beside.theirs.circumstances[$0] ?? notStated) },
            Column(header: "") { Value(marks[$0]) },
        ]
    }

    /// The documents' columns, each with ours, theirs and the ratio.
    private var columns: [Column<Beside.Pair>] {
        var columns: [Column<Beside.Pair>] = [
            Column(header: "batch_size") { .integer($0.shape.batch) },
            Column(header: "input length") { .integer($0.shape.inputLength) },
            Column(header: "output length") { .integer($0.shape.outputLength) },
        ]
        if beside.pairs.contains(where: { $0.setting != nil }) {
            columns.insert(
                Column(header: language(en: "setting", zh: "设置")) { Value($0.setting) }, at: 0)
        }
        for metric in PublishedMetric.allCases {
            let title = metric.title(in: language)
            columns += [
                Column(header: title + language(en: ", ", zh: "") + ours) {
                    Value($0.ours?.values[metric].map(fourDigits))
                },
                Column(header: theirs) { Value($0.theirs?.values[metric].map(fourDigits)) },
                Column(header: language(en: "ratio", zh: "对比")) {
                    Value($0.speed(metric).map { "\(fourDigits($0))×" })
                },
            ]
        }
        let language = language
        if beside.pairs.contains(where: { Self.remark($0, in: language) != nil }) {
            columns.append(
                Column(header: language(en: "remark", zh: "备注")) {
                    Value(Self.remark($0, in: language))
                })
        }
        return columns
    }

    /// Which side is missing, and what there is to say of the other.
    private static func remark(_ pair: Beside.Pair, in language: Language) -> String? {
        var parts: [String] = []
        if pair.theirs == nil { parts.append(language(en: "only ours", zh: "仅本次有")) }
        if pair.ours == nil { parts.append(language(en: "only theirs", zh: "仅对方有")) }
        if let remark = pair.ours?.remark { parts.append(remark[language]) }
        if let remark = pair.theirs?.remark {
            parts.append(language(en: "theirs ", zh: "对方 ") + remark[language])
        }
        return parts.isEmpty ? nil : parts.joined(separator: language.semicolon)
    }

    /// What stands below the table, one line each.
    var remarks: [String] { [legend] + notes }

    private var legend: String {
        language(
            en:
                "ratio: our speed as a multiple of theirs (their time over ours, our rate over theirs). "
                + "Four significant digits; CSV and JSON have all.",
            zh: "对比：本次速度是对方的几倍（耗时为 对方/本次，吞吐为 本次/对方）。表中为四位有效数字，全部数字见 CSV 与 JSON。")
    }

    private var notes: [String] {
        [(ours, beside.ours.notes), (theirs, beside.theirs.notes)].flatMap { side, notes in
            notes.map { side + language.colon + $0[language] }
        }
    }
}
