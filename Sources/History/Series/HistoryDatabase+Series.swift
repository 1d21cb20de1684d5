import GRDB
import Reporting

extension HistoryDatabase {
    /// The column of a metric, by its name in `summary.csv` with or without its unit: `tpot_p50` is
    /// `tpot_median_ms`.
    ///
    /// - Throws: ``HistoryError/noMetric(_:similar:)``.
    package func metricColumn(_ name: String) throws -> String {
        let known = Set(Reporting.Column<Reporting.Row>.summary.map(\.header))
        let columns = try read { database in
            try database.columns(in: "points")
                .filter { ["REAL", "INTEGER"].contains($0.type) && known.contains($0.name) }
                .map(\.name)
        }
        let parts = name.split(separator: "_", omittingEmptySubsequences: false)
        let asked = parts.map { $0 == "p50" ? "median" : $0 }.joined(separator: "_")
        let found = columns.first { $0 == asked } ?? columns.first { Self.isUnit($0, after: asked) }
        guard let found else {
            let first = parts.first.map { "\($0)_" } ?? ""
            throw HistoryError.noMetric(
                visible(name), similar: columns.filter { $0.hasPrefix(first) })
        }
        return found
    }

    private static let units = [
        "_ms", "_s", "_bytes", "_tokens_per_s", "_gb_per_s", "_gflop_per_s", "_ms_per_1000_tokens",
        "_j", "_j_per_token", "_per_s",
    ]

    private static func isUnit(_ column: String, after name: String) -> Bool {
        column.hasPrefix(name) && units.contains(String(column.dropFirst(name.count)))
    }

    /// A metric over the runs that match, a series for each subject and point.
    ///
    /// Points that are not ok or are invalid have no value.
    ///
    /// - Parameters:
    ///   - column: What ``metricColumn(_:)`` found.
    ///   - point: All points if nil.
    /// - Throws: ``HistoryError/nothingToPlot(metric:)`` if no run has such a value.
    package func series(
        of column: String, _ filter: RunFilter = RunFilter(), at point: PointChoice? = nil
    ) throws -> [Series] {
        let isThere: SQL = point?.condition ?? SQL("TRUE")
        let rows = try read { database in
            let isMeant = try filter.condition(in: database)
            return try SQLRequest<GRDB.Row>(
                """
                SELECT runs.id AS run, runs.started_at, runs.model, runs.precision, runs.machine,
                    runs.manifest, points.id AS point, points.\(sql: column) AS value
                FROM points JOIN runs ON points.run = runs.number
                WHERE \(isMeant) AND \(isThere)
                    AND points.status = 'ok' AND points.verdict IS NOT 'invalid'
                    AND points.\(sql: column) IS NOT NULL
                ORDER BY runs.started_at, runs.number, points.batch, points.input_tokens,
                    points.output_tokens, points.id
                """
            ).fetchAll(database)
        }
        var series: [Series] = []
        var places: [[String?]: Int] = [:]
        var engines: [String: [Series.Fact]] = [:]
        for row in rows {
            let fields = Fields(row)
            guard let run = fields.text("run"), let model = fields.text("model"),
                let startedAt = fields.text("started_at").flatMap({ Timestamp(iso8601: $0) }),
                let precision = fields.text("precision"), let point = fields.text("point"),
                let value = fields.number("value"), value.isFinite
            else { throw HistoryError.damaged(path: path, what: "a point that says nothing") }
            let engine = engines[run] ?? Series.Fact.all(ofManifest: fields.text("manifest"))
            engines[run] = engine
            let subject = Series.Subject(
                model: model, precision: precision, machine: fields.text("machine"),
                engine: engine)
            let key = [model, precision, subject.machine, point] + engine.map(\.value)
            let place = places[key] ?? series.count
            if place == series.count {
                places[key] = place
                series.append(Series(subject: subject, point: point, values: []))
            }
            series[place].values.append(
                Series.Value(run: run, startedAt: startedAt, value: value))
        }
        guard !series.isEmpty else { throw HistoryError.nothingToPlot(metric: column) }
        return series.tellingApart
    }
}
