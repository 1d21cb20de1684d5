import FoundationEssentials
import GRDB
package import Reporting

extension HistoryDatabase {
    /// The runs that match, newest first.
    ///
    /// - Parameter limit: How many at most.
    /// - Throws: ``HistoryError``.
    package func runs(_ filter: RunFilter = RunFilter(), limit: Int? = nil) throws -> [StoredRun] {
        try read { try runs(filter, limit: limit, in: $0) }
    }

    /// The same in a transaction of the caller.
    func runs(
        _ filter: RunFilter, limit: Int? = nil, in database: Database
    ) throws -> [StoredRun] {
        let condition = try filter.condition(in: database)
        return try stored(
            """
            SELECT \(sql: StoredRun.columns) FROM runs WHERE \(condition)
            ORDER BY started_at DESC, number DESC LIMIT \(limit ?? -1)
            """, in: database)
    }

    /// The runs that a query of ``StoredRun/columns`` finds.
    private func stored(_ query: SQL, in database: Database) throws -> [StoredRun] {
        // An earlier version that cannot be written has no labels.
        let hasLabels = try database.tableExists("labels")
        return try SQLRequest<GRDB.Row>(literal: query).fetchAll(database).map { row in
            var labels: [String: String] = [:]
            if hasLabels {
                let found = try GRDB.Row.fetchAll(
                    database, sql: "SELECT key, value FROM labels WHERE run = ?",
                    arguments: [Fields(row).integer("number")])
                for label in found.map({ Fields($0) }) {
                    if let key = label.text("key") { labels[key] = label.text("value") }
                }
            }
            return try StoredRun(row, labels: labels, path: path)
        }
    }

    /// The run whose id begins so.
    ///
    /// - Throws: ``HistoryError/noRun(id:)``, ``HistoryError/ambiguous(id:runs:)``.
    package func run(_ id: String) throws -> StoredRun {
        let found = try read { database in
            try stored(
                """
                SELECT \(sql: StoredRun.columns) FROM runs
                WHERE substr(id, 1, length(\(id))) = \(id) ORDER BY id LIMIT 4
                """, in: database)
        }
        guard let run = found.first, !id.isEmpty else { throw HistoryError.noRun(id: id) }
        guard found.count == 1 else {
            throw HistoryError.ambiguous(id: id, runs: found.map(\.id))
        }
        return run
    }

    /// The report of a run, computed anew from its samples.
    ///
    /// - Throws: ``HistoryError/noSamples(id:)`` of a run of version 1, `ReportingError` if the samples
    ///   are not such.
    package func report(of run: StoredRun) throws -> Report {
        let (manifest, lines) = try read { database in
            (
                try String.fetchOne(
                    database, sql: "SELECT manifest FROM runs WHERE id = ?", arguments: [run.id]),
                // A database of version 1 that cannot be written has none.
                try database.tableExists("samples")
                    ? String.fetchAll(
                        database,
                        sql: """
                            SELECT text FROM samples JOIN runs ON samples.run = runs.number
                            WHERE runs.id = ? ORDER BY line
                            """, arguments: [run.id]) : []
            )
        }
        guard let manifest else { throw HistoryError.noRun(id: run.id) }
        guard run.points == 0 || !lines.isEmpty else {
            throw HistoryError.noSamples(id: run.shortID)
        }
        var samples = Data()
        for line in lines { samples.append(contentsOf: Data("\(line)\n".utf8)) }
        return try Report(
            ReportFiles(
                path: "\(path), run \(run.shortID)", manifest: Data(manifest.utf8),
                samples: samples))
    }

    /// A run as one side of a comparison.
    package func side(of run: StoredRun) throws -> ComparisonSide {
        ComparisonSide(
            try report(of: run),
            path: "run \(run.shortID) of \(run.startedAt), \(visible(run.directory))")
    }

    /// The two newest runs that match, the older first.
    ///
    /// - Throws: ``HistoryError/tooFewRuns(found:)``.
    package func lastTwo(_ filter: RunFilter) throws -> (before: StoredRun, after: StoredRun) {
        let runs = try runs(filter, limit: 2)
        guard runs.count == 2 else { throw HistoryError.tooFewRuns(found: runs.count) }
        return (runs[1], runs[0])
    }

    /// What the rows of the points of a run say, for one without samples: a table of Markdown.
    package func pointsTable(of run: StoredRun) throws -> String {
        let names = [
            "id", "status", "repetitions", "ttft_median_ms", "tpot_median_ms", "e2e_tokens_per_s",
            "verdict", "reason",
        ]
        let rows = try read { database in
            try GRDB.Row.fetchAll(
                database,
                sql: """
                    SELECT \(names.map { "points.\($0)" }.joined(separator: ", "))
                    FROM points JOIN runs ON points.run = runs.number
                    WHERE runs.id = ? ORDER BY points.rowid
                    """, arguments: [run.id])
        }
        let columns = names.map { name in
            Reporting.Column<Fields>(header: name) { $0.field(name) }
        }
        return MarkdownTable.text(columns, rows.map { Fields($0) })
    }
}
