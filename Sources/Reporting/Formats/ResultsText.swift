import Charts
import Measurement
package import Sweep

/// What a terminal shows of a sweep: medians with three digits, how sure they are, and whether they may
/// be used.
package struct ResultsText {
    private let identity: EngineIdentity
    private let grid: Grid
    private let rows: [Row]
    private let status: Manifest.Status
    private let language: Language

    package init(
        identity: EngineIdentity, grid: Grid, rows: [Row], status: Manifest.Status,
        in language: Language = .en
    ) {
        self.identity = identity
        self.grid = grid
        self.rows = rows
        self.status = status
        self.language = language
    }

    /// What a manifest and its rows say.
    init(_ manifest: Manifest, _ rows: [Row], in language: Language = .en) {
        self.init(
            identity: manifest.engine, grid: manifest.grid, rows: rows, status: manifest.status,
            in: language)
    }

    package var text: String {
        var sections = [title + "\n", MarkdownTable.text(columns, rows)]
        if status != .completed {
            sections.append(
                language(
                    en: "\(status.rawValue): the table holds what was measured until then\n",
                    zh: "\(status.rawValue)：表中是到那时为止测得的结果\n"))
        }
        sections.append(notes.joined())
        let doubtful = rows.filter { !$0.doubts.isEmpty }
        if !doubtful.isEmpty {
            let separator = language(en: "; ", zh: "；")
            sections.append(
                doubtful.map {
                    "\($0.point.id) \($0.status.rawValue)\(language(en: ": ", zh: "："))"
                        + $0.doubts(in: language).joined(separator: separator) + "\n"
                }.joined())
        }
        return sections.joined(separator: "\n")
    }

    private var title: String {
        "\(identity.model) · \(identity.precision) · \(identity.device)"
    }

    private var columns: [Column<Row>] {
        let setting =
            grid.settings.settingCount == 1
            ? []
            : [
                Column<Row>(header: language(en: "setting", zh: "设置")) {
                    Value($0.point.setting.id)
                }
            ]
        let language = language
        return setting + [
            Column("batch") { .integer($0.point.batch) },
            Column(header: language(en: "input", zh: "输入长度")) {
                .text(($0.point.parameters[.input] ?? 0).description)
            },
            Column(header: language(en: "output", zh: "输出长度")) {
                .text(($0.point.parameters[.output] ?? 0).description)
            },
            Self.known(header: "TTFT (ms)", \.ttft),
            Self.known(header: "TPOT (ms)", \.tpot),
            Self.known(header: language(en: "output (token/s)", zh: "吞吐 (token/s)"), \.outputRate),
        ] + energy + [
            Column("n") { .integer($0.summary?.count ?? 0) },
            Column(header: language(en: "verdict", zh: "判定")) {
                Value($0.verdict?.word(in: language) ?? $0.status.rawValue)
            },
        ]
    }

    private var energy: [Column<Row>] {
        guard rows.contains(where: { $0.energyPerToken != nil }) else { return [] }
        return [
            Column("J/token") { Value($0.energyPerToken.map(NumberText.threeDigits)) }
        ]
    }

    /// `31.2 [30.9, 31.6]`; without the brackets where there are too few repetitions.
    private static func known(
        header: String, _ metric: any KeyPath<Sample, Double?> & Sendable
    ) -> Column<Row> {
        Column(header: header) { row in
            guard let statistics = row.statistics(of: metric) else { return .missing }
            let bounds = row.interval(of: statistics).map {
                " [\(NumberText.threeDigits($0.low)), \(NumberText.threeDigits($0.high))]"
            }
            return .text(NumberText.threeDigits(statistics.median) + (bounds ?? ""))
        }
    }

    private var notes: [String] {
        var notes: [String] = []
        if rows.contains(where: { !($0.lacksInterval) && $0.summary != nil }) {
            notes.append(
                language(
                    en: "In brackets: where the true median lies with 95 % confidence.\n",
                    zh: "方括号：真实中位数的 95 % 置信区间。\n"))
        }
        if rows.contains(where: \.lacksInterval) {
            notes.append(
                language(
                    en: "Fewer than \(grid.fewestForInterval) repetitions do not say how sure they "
                        + "are: leave out --effort quick, or give --repetitions "
                        + "\(Statistics.fewestForInterval) or --until-ci 2%.\n",
                    zh: "少于 \(grid.fewestForInterval) 次重复说明不了有多可信：去掉 --effort quick，或用 "
                        + "--repetitions \(Statistics.fewestForInterval) 或 --until-ci 2%。\n"))
        }
        return notes
    }
}
