package import Reporting

extension ReportDocument {
    /// The names of the tables of series.
    package static let seriesTables = ["values"]

    /// Series of a metric.
    ///
    /// - Parameters:
    ///   - metric: The column that the values are from.
    ///   - width: Columns of the terminal.
    package init(_ series: [Series], metric: String, width: Int) {
        let lines = series.flatMap { series in
            series.values.map { SeriesLine(series: series, value: $0) }
        }
        let table = ReportTable(Self.seriesTables[0], SeriesLine.columns(metric), lines)
        let heading = "\(metric) from run to run"
        self.init(title: heading, tables: [table])
        text = { SeriesText(series, metric: metric, width: width).text }
        page = {
            let section = table.section
            return Page(
                title: heading, subtitles: [],
                sections: [
                    PageSection(
                        anchor: "chart", title: metric,
                        explanation: "Each point is a run, at the time when it began.",
                        figures: [
                            Figure(SeriesChart(series, metric: metric).drawing, isWide: true)
                        ], numbers: .section(anchor: section.anchor, title: section.title)),
                    section,
                ])
        }
    }
}

/// One value of one series.
private struct SeriesLine {
    let series: Series
    let value: Series.Value

    static func columns(_ metric: String) -> [Column<SeriesLine>] {
        [
            Column("run") { .text($0.value.run) },
            Column("started_at") { .text($0.value.startedAt.iso8601) },
            Column("model") { .text($0.series.subject.model) },
            Column("precision") { .text($0.series.subject.precision) },
            Column("machine") { Value($0.series.subject.machine) },
            Column("engine") { line in
                let words = line.series.subject.engineWords
                return Value(words.isEmpty ? nil : words.joined(separator: ", "))
            },
            Column("point") { .text($0.series.point) },
            Column("metric") { _ in .text(metric) },
            Column("value") { .decimal($0.value.value) },
        ]
    }
}
