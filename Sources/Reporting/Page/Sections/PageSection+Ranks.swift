import Basics
import Charts
import Measurement
import Sweep

extension PageSection {
    /// The ranks of each cell side by side; nil where one process ran all.
    static func ranks(_ rows: [Row], in language: Language) -> PageSection? {
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
            caption: language(en: "Ranks of each cell", zh: "每个单元的各个 rank"),
            columns: [
                Column(language(en: "cell", zh: "单元")) { .text($0.row.point.words) },
                Column(language(en: "process", zh: "进程")) { .text($0.process.name) },
                number("prefill", "ms", per: 1e6, \.prefill),
                number(language(en: "waiting in it", zh: "其中等待"), "ms", per: 1e6, \.prefillWait),
                number("decode", "ms", per: 1e6, \.decode),
                number(
                    language(en: "waiting in it", zh: "其中等待"), "ms", per: 1e6, \.decodeWait),
                number(language(en: "waiting in both", zh: "两者中等待"), "%", per: 0.01, \.waitShare),
                number(
                    language(en: "read by each other", zh: "每个其他 rank 读取"), "MiB",
                    per: 1_048_576, \.exchangedBytes),
                Column(language(en: "peak", zh: "峰值内存"), unit: "MiB") {
                    .number($0.process.peakResidentBytes.map(mebibytes))
                },
                number(language(en: "reads", zh: "读"), "GB/s", per: 1e9) {
                    $0.roof?.readBytesPerSecond
                },
                number(language(en: "computes", zh: "计算"), "GFLOP/s", per: 1e9) {
                    $0.roof?.operationsPerSecond
                },
                Column(language(en: "CPUs", zh: "CPU")) {
                    .text($0.process.cpus?.map(String.init).joined(separator: ",") ?? "–")
                },
            ], rows: ranks)
        let lead = language(
            en: """
                Each rank's own passes over the prompts and over all tokens after the first, medians of \
                the repetitions, and how long its threads waited in them for other ranks. What it read \
                and computed at most was measured beside the calls, in all ranks at once.
                """,
            zh: """
                每个 rank 自己处理提示以及首 token 之后所有 token 的时间，取各次重复的中位数，以及其中它的线程等待其他 \
                rank 的时间。读和计算的上限是在调用旁边测量的，所有 rank 同时进行。
                """)
        return PageSection(
            anchor: "ranks", title: language(en: "Ranks", zh: "各个 rank"),
            body: """
                <p class="lead">\(lead)</p>
                \(table.markup)\(speedUps(rows, in: language))
                """)
    }

    /// Cells of several ranks beside the same cell of one; empty where there are none.
    private static func speedUps(_ rows: [Row], in language: Language) -> Markup {
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
            caption: language(en: "Times as fast as one rank", zh: "相对一个 rank 的倍数"),
            columns: [
                Column(language(en: "cell", zh: "单元")) { .text($0.row.point.words) },
                ratio("TTFT", \.ttft), ratio("TPOT", \.tpot),
                ratio(language(en: "response time", zh: "响应时间"), \.responseTime),
            ], rows: pairs)
        let lead = language(
            en: """
                Times as fast as the same cell on one rank: more ranks gain nothing where this no longer \
                rises, which is where waiting and adding up take what the smaller parts save.
                """,
            zh: "相对同一单元在一个 rank 上的倍数：倍数不再上升时，更多的 rank 就没有好处，等待和求和用掉了较小的部分所节省的时间。")
        return """
            <p class="lead">\(lead)</p>
            \(table.markup)
            """
    }
}
