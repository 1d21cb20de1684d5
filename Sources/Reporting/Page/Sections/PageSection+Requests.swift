import Basics
import Charts
import Measurement
import Sweep

extension PageSection {
    /// What requests that differ from each other asked for and got, cell by cell; nil where all are
    /// alike.
    static func requests(_ rows: [Row], in language: Language) -> PageSection? {
        let cells = rows.compactMap { row in row.load.map { Cell(words: row.point.words, load: $0) }
        }
        guard !cells.isEmpty else { return nil }
        let explanation = language(
            en:
                "Lengths and times of the requests of all repetitions: from the same seed lengths are "
                + "the same. Percentiles are over the requests of a repetition, and of those the median "
                + "over the repetitions.",
            zh: "各次重复中请求的长度和时间：种子相同，长度就相同。百分位取自一次重复的各个请求，再取各次重复的中位数。")
        return PageSection(
            anchor: "requests", title: language(en: "Requests", zh: "请求"),
            body: """
                <p>\(explanation)</p>
                \(lengths(cells, in: language).markup)
                \(times(cells, in: language).markup)
                """)
    }

    private struct Cell {
        let words: String
        let load: LoadSummary

        func spread(_ tokens: (RequestSample) -> Int) -> Statistics? {
            Statistics(load.requests.map { Double(tokens($0)) })
        }
    }

    private static func lengths(_ cells: [Cell], in language: Language) -> PageTable<Cell> {
        func columns(
            _ parameter: Parameter, _ tokens: @escaping (RequestSample) -> Int
        ) -> [PageTable<Cell>.Column] {
            let parts: [(String, (Statistics) -> Double)] = [
                (language(en: "least", zh: "最小"), \.minimum),
                (language(en: "median", zh: "中位数"), \.median),
                (language(en: "mean", zh: "平均"), \.mean),
                (language(en: "most", zh: "最大"), \.maximum),
            ]
            return parts.map { part, value in
                .init(
                    parameter.title(in: language) + language.comma + part, unit: language.tokens
                ) { .number($0.spread(tokens).map(value)) }
            }
        }
        return PageTable(
            caption: language(en: "Lengths", zh: "长度"),
            columns: [
                .init(language.cell) { .text($0.words) },
                .init(language(en: "requests", zh: "请求数")) { .number($0.load.requests.count) },
                .init(language(en: "broken", zh: "中断数")) { .number($0.load.broken.count) },
            ] + columns(.input, \.inputTokens) + columns(.output, \.outputTokens), rows: cells)
    }

    private static func times(_ cells: [Cell], in language: Language) -> PageTable<Cell> {
        func columns(
            _ name: String, _ metric: KeyPath<RequestSample, Double?>
        ) -> [PageTable<Cell>.Column] {
            [50.0, 90, 99].map { percent in
                .init("\(name) p\(Int(percent))", unit: "ms") {
                    .number($0.load.percentile(percent, of: metric))
                }
            }
        }
        return PageTable(
            caption: language(en: "Times", zh: "时间"),
            columns: [.init(language.cell) { .text($0.words) }] + columns("TTFT", \.ttft)
                + columns("TPOT", \.tpot) + columns("E2E", \.endToEnd), rows: cells)
    }
}
