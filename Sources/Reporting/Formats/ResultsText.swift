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

    package init(
        identity: EngineIdentity, grid: Grid, rows: [Row], status: Manifest.Status
    ) {
        self.identity = identity
        self.grid = grid
        self.rows = rows
        self.status = status
    }

    package var text: String {
        var sections = [title + "\n", MarkdownTable.text(columns, rows)]
        if status != .completed {
            sections.append("\(status.rawValue): the table holds what was measured until then\n")
        }
        sections.append(notes.joined())
        let doubtful = rows.filter { !$0.doubts.isEmpty }
        if !doubtful.isEmpty {
            sections.append(
                doubtful.map {
                    "\($0.point.id) \($0.status.rawValue): "
                        + $0.doubts.joined(separator: "; ") + "\n"
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
            ? [] : [Column<Row>("setting") { Value($0.point.setting.id) }]
        return setting + [
            Column("batch") { .integer($0.point.batch) },
            Column("input") { .text(($0.point.parameters[.input] ?? 0).description) },
            Column("output") { .text(($0.point.parameters[.output] ?? 0).description) },
            Self.known(header: "TTFT (ms)", \.ttft),
            Self.known(header: "TPOT (ms)", \.tpot),
            Self.known(header: "output (token/s)", \.outputRate),
        ] + energy + [
            Column("n") { .integer($0.summary?.count ?? 0) },
            Column("verdict") { Value($0.verdict?.rawValue ?? $0.status.rawValue) },
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
            notes.append("In brackets: where the true median lies with 95 % confidence.\n")
        }
        if rows.contains(where: \.lacksInterval) {
            notes.append(
                "Fewer than \(grid.fewestForInterval) repetitions do not say how sure they are: "
                    + "leave out --effort quick, or give --repetitions "
                    + "\(Statistics.fewestForInterval) or --until-ci 2%.\n")
        }
        return notes
    }
}
