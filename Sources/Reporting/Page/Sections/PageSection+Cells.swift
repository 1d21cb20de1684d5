import Basics
import Charts
import Measurement
import Sweep

extension PageSection {
    static func cellsTitle(in language: Language) -> String {
        language(en: "All cells", zh: "全部单元")
    }

    /// Every cell with its numbers.
    static func cells(_ rows: [Row], in language: Language) -> PageSection? {
        guard !rows.isEmpty else { return nil }
        let title = cellsTitle(in: language)
        let table = PageTable(caption: title, columns: columns(of: rows, in: language), rows: rows)
        let explanation = language(
            en:
                "Medians over the repetitions, of rates too, with their 95 % intervals. A click on a "
                + "header sorts.",
            zh: "各次重复的中位数（速率也是）及其 95 % 区间。点击表头可排序。")
        return PageSection(
            anchor: "cells", title: title,
            body: "<p class=\"lead\">\(explanation)</p>\n" + table.markup)
    }

    private static func columns(
        of rows: [Row], in language: Language
    ) -> [PageTable<Row>.Column] {
        typealias Column = PageTable<Row>.Column
        let hasSettings = rows.contains { $0.point.setting.id != nil }
        let setting = Column(language.setting) { .text($0.point.setting.id ?? "") }
        let energy = Column(language(en: "energy", zh: "能耗"), unit: "J/token") {
            .number($0.energyPerToken)
        }
        let hasEnergy = rows.contains { $0.energyPerToken != nil }
        return [
            Column("batch") { .number($0.point.batch) },
            length(.input, language) { ($0.input, $0.mix?.input) },
            length(.output, language) { ($0.output, $0.mix?.output) },
        ] + (hasSettings ? [setting] : []) + [
            median("TTFT", "ms", \.ttft), median("TPOT", "ms", \.tpot),
            Column("ITL p90", unit: "ms") { .number(gaps($0)?.supportedPercentile(90)) },
            Column("ITL p99", unit: "ms") { .number(gaps($0)?.supportedPercentile(99)) },
            median("prefill", "token/s", \.prefillRate), median("decode", "token/s", \.decodeRate),
            median(language(en: "end to end", zh: "端到端"), "token/s", \.outputRate),
            Column("MBU", unit: "decode, %") {
                .number(($0.decodeUtilization?.mbu).map { $0 * 100 })
            },
            Column("MFU", unit: "prefill, %") {
                .number(($0.prefillUtilization?.mfu).map { $0 * 100 })
            },
            Column(language(en: "peak", zh: "峰值内存"), unit: "MiB") { row in
                .number(row.peakResidentBytes.map { Double($0) / 1_048_576 })
            },
        ] + (hasEnergy ? [energy] : []) + [
            Column("n") { .number($0.summary?.count ?? 0) },
            Column(language.verdict) { verdict($0, in: language) },
        ]
    }

    /// A length, or how lengths are drawn.
    private static func length(
        _ parameter: Parameter, _ language: Language,
        _ value: @escaping (LengthPair) -> (Int, LengthDistribution?)
    ) -> PageTable<Row>.Column {
        PageTable.Column(parameter.title(in: language), unit: language.tokens) { row in
            let (most, lengths) = value(row.point.lengths)
            guard let lengths, !lengths.isFixed else { return .number(most) }
            return PageTable.Field(Markup(escaping: lengths.mark), order: Double(most))
        }
    }

    private static func gaps(_ row: Row) -> Statistics? {
        row.status == .ok ? row.summary?.gaps : nil
    }

    private static func median(
        _ name: String, _ unit: String, _ metric: KeyPath<Sample, Double?>
    ) -> PageTable<Row>.Column {
        PageTable.Column(name, unit: unit) { row in
            let statistics = row.statistics(of: metric)
            return .number(
                statistics?.median, detail: statistics.flatMap(row.interval).map { text($0) })
        }
    }

    static func verdict(_ row: Row, in language: Language) -> PageTable<Row>.Field {
        let word = row.verdict?.word(in: language) ?? row.status.word(in: language)
        let grade = row.verdict?.grade ?? (row.status == .ok ? .care : .bad)
        return PageTable.Field("<span class=\"\(grade.rawValue)\">\(word)</span>")
    }
}
