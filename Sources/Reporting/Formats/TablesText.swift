import Measurement
package import Sweep

/// The text of `tables.md`: the documents' table, what its words mean, and what could not be measured.
package struct TablesText {
    package var identity: EngineIdentity
    package var grid: Grid
    package var rows: [Row]
    package var status: Manifest.Status
    /// Of all its words; nil for the guides' titles over English ones, for readers of either.
    package var asked: Language?

    package init(
        identity: EngineIdentity, grid: Grid, rows: [Row], status: Manifest.Status,
        in language: Language? = nil
    ) {
        self.identity = identity
        self.grid = grid
        self.rows = rows
        self.status = status
        asked = language
    }

    private var language: Language { asked ?? .en }

    /// What a manifest and its rows say.
    init(_ manifest: Manifest, _ rows: [Row], in language: Language? = nil) {
        self.init(
            identity: manifest.engine, grid: manifest.grid, rows: rows, status: manifest.status,
            in: language)
    }

    package var text: String {
        var sections = ["# \(identity.model) · \(identity.precision) · \(identity.device)\n"]
        if status != .completed {
            sections.append(
                language(
                    en: "**\(status.rawValue): the table holds what was measured until then.**\n",
                    zh: "**\(status.rawValue)：表中是到那时为止测得的结果。**\n"))
        }
        sections.append(MarkdownTable.text(publishedColumns, rows))
        if asked == nil {
            sections.append(
                "注：E2E吞吐计算为 batch_size * output_length / ResponseTime，ResponseTime 不取整。\n")
        }
        sections.append(notes.map { "- \($0)\n" }.joined())
        if let sureness { sections.append(sureness) }
        let doubtful = rows.filter { !$0.doubts.isEmpty }
        if !doubtful.isEmpty {
            sections.append(
                language(en: "Failed, skipped or doubtful cells:\n", zh: "失败、跳过或存疑的单元：\n"))
            sections.append(MarkdownTable.text(doubtColumns, doubtful))
        }
        return sections.joined(separator: "\n")
    }

    /// The documents' columns, and before them how the machine was used where that is varied.
    private var publishedColumns: [Column<Row>] {
        let columns = Column.published(in: asked ?? .zh)
        guard grid.settings.settingCount != 1 else { return columns }
        return [
            Column(header: language(en: "setting", zh: "设置")) { Value($0.point.setting.id) }
        ] + columns
    }

    /// How sure each row is; nil where a point ran once and there is nothing to say but that.
    private var sureness: String? {
        guard rows.contains(where: { ($0.summary?.count ?? 0) > 1 }) else { return nil }
        return language(
            en: "How sure: medians over the repetitions with their 95 % intervals\n\n",
            zh: "有多可信：各次重复的中位数及其 95 % 区间\n\n")
            + MarkdownTable.text(surenessColumns, rows)
    }

    private var surenessColumns: [Column<Row>] {
        let language = language
        return [
            Column("id") { .text($0.point.id) },
            Column("n") { .integer($0.summary?.count ?? 0) },
            Self.interval(header: "TTFT (ms)", \.ttft),
            Self.interval(header: "TPOT (ms)", \.tpot),
            Self.interval(header: "E2E (token/s)", \.outputRate),
            Column(header: language(en: "verdict", zh: "判定")) {
                Value($0.verdict?.word(in: language))
            },
        ]
    }

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

    private var doubtColumns: [Column<Row>] {
        let language = language
        return [
            Column("id") { .text($0.point.id) },
            Column(header: language(en: "status", zh: "状态")) { .text($0.status.rawValue) },
            Column(header: language(en: "reason", zh: "原因")) {
                .text($0.doubts(in: language).joined(separator: language(en: "; ", zh: "；")))
            },
        ]
    }

    private var notes: [String] {
        var notes = [
            language(
                en: """
                    E2E throughput is batch × output length / ResponseTime with ResponseTime unrounded: \
                    its two decimals in the CSV are too few for short cells (5 ms of 0.1 s are 5 %).
                    """,
                zh: """
                    E2E吞吐计算为 batch_size * output_length / ResponseTime，ResponseTime 不取整：CSV 里的两位小数对\
                    短的单元太少（0.1 s 的 5 ms 是 5 %）。
                    """)
        ]
        switch grid.method {
        case .detail:
            notes.append(
                language(
                    en: """
                        perf_mode=detail (精确打点法): first token = forward pass of step 1, next tokens = \
                        mean forward pass of steps 2…n, both without pre- and post-processing.
                        """,
                    zh: """
                        perf_mode=detail（精确打点法）：首 token = 第 1 步的前向，非首 token = 第 2…n 步前向的平均，\
                        都不含前后处理。
                        """))
            if !grid.stampsSteps {
                notes.append(
                    language(
                        en: "TIMEIT=0: steps were not stamped, so both are empty.",
                        zh: "TIMEIT=0：步骤没有打点，两者为空。"))
            }
        case .normal:
            notes.append(
                language(
                    en: """
                        perf_mode=normal (常规估计法): first token = a whole call of 1 token, next tokens = \
                        (call of n tokens − call of 1 token) / (n − 1), both with pre- and \
                        post-processing. Throughput takes the call of n tokens alone; ResponseTime in \
                        the documents' CSV is both calls, as in their method.
                        """,
                    zh: """
                        perf_mode=normal（常规估计法）：首 token = 生成 1 个 token 的整个调用，非首 token =（n 个 token \
                        的调用 − 1 个 token 的调用）/（n − 1），都含前后处理。吞吐只算 n 个 token 的调用；指南 CSV 的 \
                        ResponseTime 是两次调用之和，与其方法一致。
                        """))
        }
        if rows.contains(where: \.lacksInterval) {
            notes.append(
                language(
                    en: """
                        Rows of fewer than \(grid.fewestForInterval) repetitions do not say how sure they \
                        are and count as unstable: --repetitions \(Statistics.fewestForInterval) or \
                        --until-ci 2% would.
                        """,
                    zh: """
                        少于 \(grid.fewestForInterval) 次重复的行说明不了有多可信，算作不稳定：用 --repetitions \
                        \(Statistics.fewestForInterval) 或 --until-ci 2%。
                        """))
        }
        if let rounds { notes.append(rounds) }
        return notes
    }

    /// How often each point ran, and which of the runs a row is; nil for one run.
    private var rounds: String? {
        let row = language(
            en:
                "a row is the repetition whose response time is the median, so that its columns belong "
                + "together.",
            zh: "每一行是响应时间为中位数的那次重复，各列出自同一次运行。")
        let count = grid.repetitions
        guard let convergence = grid.convergence else {
            guard count > 1 else { return nil }
            return language(en: "\(count) repetitions: ", zh: "\(count) 次重复：") + row
        }
        let width = "±\(convergence.relativeHalfWidth * 100) %"
        let least =
            count > 1 ? language(en: "\(count) times or more, ", zh: "至少 \(count) 次，") : ""
        return language(
            en: "Repeated \(least)until the medians of TTFT, TPOT and response time are known to "
                + "\(width), or for \(convergence.maxSeconds) s: ",
            zh: "重复\(least)直到 TTFT、TPOT 和响应时间的中位数知道到 \(width)，"
                + "或到 \(convergence.maxSeconds) s 为止：") + row
    }
}
