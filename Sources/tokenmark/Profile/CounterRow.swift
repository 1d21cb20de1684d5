internal import Machine
internal import Profiling
internal import Reporting

/// One line of `counters.csv`.
struct CounterRow {
    let phase: Phase
    let count: Count
}

extension CounterRow {
    /// The columns of `counters.csv`: a count a line, for each has its own unit and its own reason
    /// not to be there.
    static let columns: [Column<CounterRow>] = [
        Column("phase") { .text($0.phase.rawValue) },
        Column("scope") { .text($0.count.scope) },
        Column("counter") { .text($0.count.name) },
        Column("value") { row in
            // Counts are whole, and read better so.
            row.count.value.map { Int(exactly: $0).map(Value.integer) ?? .decimal($0) } ?? .missing
        },
        Column("unit") { .text($0.count.unit) },
        Column("note") { Value($0.count.note) },
    ]
}
