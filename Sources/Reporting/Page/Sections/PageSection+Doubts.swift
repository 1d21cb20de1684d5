import Charts
import Sweep

extension PageSection {
    /// The cells that failed, were skipped or should be doubted, and why.
    static func doubts(_ rows: [Row]) -> PageSection? {
        let doubtful = rows.filter { $0.reason != nil }
        guard !doubtful.isEmpty else { return nil }
        let table = PageTable<Row>(
            caption: "Failed, skipped and doubtful cells",
            columns: [
                PageTable.Column("cell") { .text($0.point.words) },
                PageTable.Column("status") { .text($0.status.rawValue) },
                PageTable.Column("verdict") { verdict($0) },
                PageTable.Column("reason") { .prose($0.reason ?? "") },
            ], rows: doubtful)
        return PageSection(
            anchor: "doubts", title: "Failed, skipped and doubtful cells", body: table.markup)
    }

    /// What else happened on the machine while the cells were measured.
    static func disturbances(_ rows: [Row]) -> PageSection? {
        let known = rows.filter { $0.conditions != nil }
        guard !known.isEmpty else { return nil }
        typealias Column = PageTable<Row>.Column
        func milliseconds(_ nanoseconds: Int?) -> Double? { nanoseconds.map { Double($0) / 1e6 } }
        let table = PageTable<Row>(
            caption: "Disturbances",
            columns: [
                Column("cell") { .text($0.point.words) },
                Column("waited for a CPU", unit: "ms") {
                    .number(milliseconds($0.conditions?.runDelayNanoseconds))
                },
                Column("taken by the hypervisor", unit: "ms") {
                    .number(milliseconds($0.conditions?.stealNanoseconds))
                },
                Column("lost the CPU", unit: "times") {
                    .number($0.conditions?.involuntarySwitches)
                },
                Column("moved", unit: "times") { .number($0.conditions?.migrations) },
                Column("page faults", unit: "in memory") { .number($0.conditions?.minorFaults) },
                Column("page faults", unit: "from disk") { .number($0.conditions?.majorFaults) },
                Column("drift", unit: "%") { .number(($0.drift?.change).map { $0 * 100 }) },
            ], rows: known)
        let explanation: Markup =
            "<p class=\"lead\">Sums over the repetitions and threads of a cell.</p>\n"
        return PageSection(
            anchor: "disturbances", title: "Disturbances", body: explanation + table.markup)
    }
}
