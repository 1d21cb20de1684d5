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
                \(table.markup)
                """)
    }
}
