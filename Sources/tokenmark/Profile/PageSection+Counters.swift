internal import Basics
internal import Charts
internal import Profiling
internal import Reporting
internal import Suite

extension PageSection {
    /// What was counted in each phase.
    static func counters(
        _ phases: [PhaseCounters], in language: Language
    ) -> PageSection {
        let tables = phases.map { phase -> Markup in
            let table = PageTable<CounterLine>(
                caption: language(
                    en: "Counters of \(phase.phase.rawValue)", zh: "\(phase.phase.rawValue) 的计数器"),
                columns: [
                    .init(language(en: "counter", zh: "计数器")) { .prose($0.name) },
                    .init(language(en: "where", zh: "何处")) { .text($0.scope) },
                    .init(language(en: "value", zh: "值")) { field($0.value) },
                    .init(language(en: "unit", zh: "单位")) { .text($0.unit) },
                    .init(language(en: "note", zh: "备注")) { .prose($0.note) },
                ], rows: CounterLine.lines(of: phase.counts))
            return "<h3>\(phase.phase.rawValue)</h3>\n\(table.markup)"
        }
        let explanation = language(
            en: "What the kernel and the CPU counted in each phase. What has a dash could not be "
                + "counted, for the reason beside it.",
            zh: "内核和 CPU 在每个阶段计的数。短横表示没能计数，原因在旁边。")
        return PageSection(
            anchor: "counters", title: language(en: "Counters", zh: "计数器"),
            body: "<p>\(explanation)</p>\n\(tables)")
    }

    /// A whole number with all its digits, any other with four.
    private static func field(_ value: Double?) -> PageTable<CounterLine>.Field {
        if let value, let whole = Int(exactly: value) { return .number(whole) }
        return .number(value)
    }
}
