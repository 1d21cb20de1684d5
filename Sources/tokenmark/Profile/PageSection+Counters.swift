internal import Charts
internal import Profiling
internal import Reporting
internal import Suite

extension PageSection {
    /// What was counted in each phase.
    static func counters(_ phases: [PhaseCounters]) -> PageSection {
        let tables = phases.map { phase -> Markup in
            let table = PageTable<CounterLine>(
                caption: "Counters of \(phase.phase.rawValue)",
                columns: [
                    .init("counter") { .prose($0.name) },
                    .init("where") { .text($0.scope) },
                    .init("value") { field($0.value) },
                    .init("unit") { .text($0.unit) },
                    .init("note") { .prose($0.note) },
                ], rows: CounterLine.lines(of: phase.counts))
            return "<h3>\(phase.phase.rawValue)</h3>\n\(table.markup)"
        }
        return PageSection(
            anchor: "counters", title: "Counters",
            body: """
                <p>What the kernel and the CPU counted in each phase. What has a dash could not be \
                counted, for the reason beside it.</p>
                \(tables)
                """)
    }

    /// A whole number with all its digits, any other with four.
    private static func field(_ value: Double?) -> PageTable<CounterLine>.Field {
        if let value, let whole = Int(exactly: value) { return .number(whole) }
        return .number(value)
    }
}
