import Charts
import Measurement
import Sweep

extension PageSection {
    /// The ranks of each cell side by side; nil where one process ran all.
    static func ranks(_ rows: [Row]) -> PageSection? {
        let ranks = rows.flatMap { row in row.processes.map { (row: row, process: $0) } }
        guard !ranks.isEmpty else { return nil }
        typealias Column = PageTable<(row: Row, process: ProcessRow)>.Column
        func number(
            _ name: String, _ unit: String, per divisor: Double,
            _ value: @escaping (ProcessRow) -> Double?
        ) -> Column {
            Column(name, unit: unit) { .number(value($0.process).map { $0 / divisor }) }
        }
        let table = PageTable<(row: Row, process: ProcessRow)>(
            caption: "Ranks of each cell",
            columns: [
                Column("cell") { .text($0.row.point.words) },
                Column("process") { .text($0.process.name) },
                number("prefill", "ms", per: 1e6, \.prefill),
                number("waiting in it", "ms", per: 1e6, \.prefillWait),
                number("decode", "ms", per: 1e6, \.decode),
                number("waiting in it", "ms", per: 1e6, \.decodeWait),
                number("waiting in both", "%", per: 0.01, \.waitShare),
                number("read by each other", "MiB", per: 1_048_576, \.exchangedBytes),
                Column("peak", unit: "MiB") {
                    .number($0.process.peakResidentBytes.map(mebibytes))
                },
                number("reads", "GB/s", per: 1e9) { $0.roof?.readBytesPerSecond },
                number("computes", "GFLOP/s", per: 1e9) { $0.roof?.operationsPerSecond },
                Column("CPUs") {
                    .text($0.process.cpus?.map(String.init).joined(separator: ",") ?? "–")
                },
            ], rows: ranks)
        return PageSection(
            anchor: "ranks", title: "Ranks",
            body: """
                <p class="lead">Each rank's own passes over the prompts and over all tokens after the \
                first, medians of the repetitions, and how long its threads waited in them for other \
                ranks. What it read and computed at most was measured beside the calls, in all ranks at \
                once.</p>
                \(table.markup)\(speedUps(rows))
                """)
    }

    /// Cells of several ranks beside the same cell of one; empty where there are none.
    private static func speedUps(_ rows: [Row]) -> Markup {
        let measured = rows.filter { $0.status == .ok }
        let pairs = measured.compactMap { row -> (row: Row, one: Row)? in
            guard let ranks = row.point.setting[.ranks]?.count, ranks > 1 else { return nil }
            var point = row.point
            point.setting[.ranks] = .count(1)
            return measured.first { $0.point == point }.map { (row, $0) }
        }
        guard !pairs.isEmpty else { return "" }
        typealias Column = PageTable<(row: Row, one: Row)>.Column
        func ratio(_ name: String, _ time: KeyPath<Sample, Double?>) -> Column {
            Column(name, unit: "×") { pair in
                guard let together = pair.row.statistics(of: time)?.median,
                    let alone = pair.one.statistics(of: time)?.median
                else { return .number(nil as Double?) }
                return .number(alone / together)
            }
        }
        let table = PageTable<(row: Row, one: Row)>(
            caption: "Times as fast as one rank",
            columns: [
                Column("cell") { .text($0.row.point.words) },
                ratio("TTFT", \.ttft), ratio("TPOT", \.tpot),
                ratio("response time", \.responseTime),
            ], rows: pairs)
        return """
            <p class="lead">Times as fast as the same cell on one rank: more ranks gain nothing where this \
            no longer rises, which is where waiting and adding up take what the smaller parts save.</p>
            \(table.markup)
            """
    }
}
