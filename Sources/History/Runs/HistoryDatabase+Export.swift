import GRDB
package import Reporting

extension HistoryDatabase {
    /// Every point of the runs that match, oldest run first: a table of what is known of the run, a
    /// column `label.KEY` for each label that one of them has, and the columns of `summary.csv`.
    ///
    /// - Throws: ``HistoryError``.
    package func points(_ filter: RunFilter = RunFilter()) throws -> ReportTable {
        let facts = [
            "started_at", "finished_at", "tool_version", "build", "engine", "model", "precision",
            "device", "machine", "directory", "added_at",
        ]
        let (stored, names, lines) = try read { database in
            let found = try runs(filter, in: database)
            let names = try pointColumns(in: database)
            let condition = try filter.condition(in: database)
            let columns =
                ["runs.id AS run", "runs.status AS run_status", "points.id AS point"]
                + facts.map { "runs.\($0)" } + names.map { "points.\($0)" }
            let rows = try SQLRequest<GRDB.Row>(
                """
                SELECT \(sql: columns.joined(separator: ", "))
                FROM points JOIN runs ON points.run = runs.number WHERE \(condition)
                ORDER BY runs.started_at, runs.number, points.rowid
                """
            ).fetchAll(database)
            return (found, names, rows.map { Fields($0) })
        }
        let labels = Dictionary(stored.map { ($0.id, $0.labels) }) { first, _ in first }
        func column(_ name: String) -> Reporting.Column<Fields> {
            Reporting.Column(header: name) { $0.field(name) }
        }
        var columns = (["run", "run_status"] + facts).map { column($0) }
        for key in StoredRun.labelKeys(of: stored) {
            columns.append(
                Reporting.Column(header: "label.\(key)") { fields in
                    Value(fields.text("run").flatMap { labels[$0]?[key] })
                })
        }
        columns += (["point"] + names).map { column($0) }
        return ReportTable("points", columns, lines)
    }

    /// The columns of points that are ours, but for their keys: a file from elsewhere may have others.
    private func pointColumns(in database: Database) throws -> [String] {
        let known = Set(
            Reporting.Column<Reporting.Row>.summary.map(\.header)
                + ["setting_threads", "setting_cpus", "setting_numa", "setting_isa"])
        return try database.columns(in: "points").map(\.name)
            .filter { known.contains($0) && $0 != "id" }
    }
}

extension StoredRun {
    /// The keys of all labels of some runs, sorted.
    package static func labelKeys(of runs: [StoredRun]) -> [String] {
        Set(runs.flatMap(\.labels.keys)).sorted()
    }
}

extension Fields {
    /// What stands there, as a field of a table.
    func field(_ column: String) -> Value {
        text(column).map(Value.text) ?? integer(column).map(Value.integer)
            ?? Value(number(column))
    }
}
