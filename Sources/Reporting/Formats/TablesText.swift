import Measurement
package import Sweep

/// The text of `tables.md`: the documents' table, what its words mean, and what could not be measured.
package struct TablesText {
    package var identity: EngineIdentity
    package var grid: Grid
    package var rows: [Row]
    package var status: Manifest.Status
    /// Of the titles of the documents' table.
    package var language: Language

    package init(
        identity: EngineIdentity, grid: Grid, rows: [Row], status: Manifest.Status,
        in language: Language = .zh
    ) {
        self.identity = identity
        self.grid = grid
        self.rows = rows
        self.status = status
        self.language = language
    }

    package var text: String {
        var sections = ["# \(identity.model) · \(identity.precision) · \(identity.device)\n"]
        if status != .completed {
            sections.append(
                "**\(status.rawValue): the table holds what was measured until then.**\n")
        }
        sections.append(MarkdownTable.text(publishedColumns, rows))
        if language == .zh {
            sections.append(
                "注：E2E吞吐计算为 batch_size * output_length / ResponseTime，ResponseTime 不取整。\n")
        }
        sections.append(notes.map { "- \($0)\n" }.joined())
        if let sureness { sections.append(sureness) }
        let doubtful = rows.filter { !$0.doubts.isEmpty }
        if !doubtful.isEmpty {
            sections.append("Failed, skipped or doubtful cells:\n")
            sections.append(MarkdownTable.text(Self.doubtColumns, doubtful))
        }
        return sections.joined(separator: "\n")
    }

    /// The documents' columns, and before them how the machine was used where that is varied.
    private var publishedColumns: [Column<Row>] {
        let columns = Column.published(in: language)
        guard grid.settings.settingCount != 1 else { return columns }
        return [Column("setting") { Value($0.point.setting.id) }] + columns
    }

    /// How sure each row is; nil where a point ran once and there is nothing to say but that.
    private var sureness: String? {
        guard rows.contains(where: { ($0.summary?.count ?? 0) > 1 }) else { return nil }
        return "How sure: medians over the repetitions with their 95 % intervals\n\n"
            + MarkdownTable.text(Self.surenessColumns, rows)
    }

    private static let surenessColumns: [Column<Row>] = [
        Column("id") { .text($0.point.id) },
        Column("n") { .integer($0.summary?.count ?? 0) },
        interval(header: "TTFT (ms)", \.ttft),
        interval(header: "TPOT (ms)", \.tpot),
        interval(header: "E2E (token/s)", \.outputRate),
        Column("verdict") { Value($0.verdict?.rawValue) },
    ]

    /// `31.2 [30.9, 31.6]`; without the brackets where there are too few repetitions.
    private static func interval(
        header: String, _ metric: any KeyPath<Sample, Double?> & Sendable
    ) -> Column<Row> {
        Column(header: header) { row in
            guard let statistics = row.summary?.statistics(of: metric) else { return .missing }
            func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
            let bounds = row.interval(of: statistics).map { " [\(text($0.low)), \(text($0.high))]" }
            return .text(text(statistics.median) + (bounds ?? ""))
        }
    }

    private static let doubtColumns: [Column<Row>] = [
        Column("id") { .text($0.point.id) },
        Column("status") { .text($0.status.rawValue) },
        Column("reason") { .text($0.doubts.joined(separator: "; ")) },
    ]

    private var notes: [String] {
        var notes = [
            """
            E2E throughput is batch × output length / ResponseTime with ResponseTime unrounded: its \
            two decimals in the CSV are too few for short cells (5 ms of 0.1 s are 5 %).
            """
        ]
        switch grid.method {
        case .detail:
            notes.append(
                """
                perf_mode=detail (精确打点法): first token = forward pass of step 1, next tokens = mean \
                forward pass of steps 2…n, both without pre- and post-processing.
                """)
            if !grid.stampsSteps {
                notes.append("TIMEIT=0: steps were not stamped, so both are empty.")
            }
        case .normal:
            notes.append(
                """
                perf_mode=normal (常规估计法): first token = a whole call of 1 token, next tokens = \
                (call of n tokens − call of 1 token) / (n − 1), both with pre- and \
                post-processing. Throughput takes the call of n tokens alone; ResponseTime in \
                the documents' CSV is both calls, as in their method.
                """)
        }
        if rows.contains(where: \.lacksInterval) {
            notes.append(
                """
                Rows of fewer than \(grid.fewestForInterval) repetitions do not say how sure they \
                are and count as unstable: --repetitions \(Statistics.fewestForInterval) or \
                --until-ci 2% would.
                """)
        }
        if let convergence = grid.convergence {
            notes.append(
                """
                Repeated until the medians of TTFT, TPOT and response time are known to \
                ±\(convergence.relativeHalfWidth * 100) %, or for \(convergence.maxSeconds) s: a row \
                is the repetition whose response time is the median, so that its columns belong \
                together.
                """)
        } else if grid.repetitions > 1 {
            notes.append(
                """
                \(grid.repetitions) repetitions: a row is the repetition whose response time is the \
                median, so that its columns belong together.
                """)
        }
        return notes
    }
}
