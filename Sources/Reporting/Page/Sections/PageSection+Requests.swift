import Charts
import Measurement

extension PageSection {
    /// What requests that differ from each other asked for and got, cell by cell; nil where all are
    /// alike.
    static func requests(_ rows: [Row]) -> PageSection? {
        let cells = rows.compactMap { row in row.load.map { Cell(words: row.point.words, load: $0) }
        }
        guard !cells.isEmpty else { return nil }
        return PageSection(
            anchor: "requests", title: "Requests",
            body: """
                <p>Lengths and times of the requests of all repetitions: from the same seed lengths are \
                the same. Percentiles are over the requests of a repetition, and of those the median over \
                the repetitions.</p>
                \(lengths(cells).markup)
                \(times(cells).markup)
                """)
    }

    private struct Cell {
        let words: String
        let load: LoadSummary

        func spread(_ tokens: (RequestSample) -> Int) -> Statistics? {
            Statistics(load.requests.map { Double(tokens($0)) })
        }
    }

    private static func lengths(_ cells: [Cell]) -> PageTable<Cell> {
        func columns(
            _ name: String, _ tokens: @escaping (RequestSample) -> Int
        ) -> [PageTable<Cell>.Column] {
            let parts: [(String, (Statistics) -> Double)] = [
                ("least", \.minimum), ("median", \.median), ("mean", \.mean), ("most", \.maximum),
            ]
            return parts.map { part, value in
                .init("\(name), \(part)", unit: "tokens") { .number($0.spread(tokens).map(value)) }
            }
        }
        return PageTable(
            caption: "Lengths",
            columns: [
                .init("cell") { .text($0.words) },
                .init("requests") { .number($0.load.requests.count) },
                .init("broken") { .number($0.load.broken.count) },
            ] + columns("input", \.inputTokens) + columns("output", \.outputTokens), rows: cells)
    }

    private static func times(_ cells: [Cell]) -> PageTable<Cell> {
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
            caption: "Times",
            columns: [.init("cell") { .text($0.words) }] + columns("TTFT", \.ttft)
                + columns("TPOT", \.tpot) + columns("E2E", \.endToEnd), rows: cells)
    }
}
