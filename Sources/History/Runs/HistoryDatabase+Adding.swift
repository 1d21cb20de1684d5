import GRDB
package import Reporting

extension HistoryDatabase {
    /// Keeps a report: its manifest, a row for each point, and its samples.
    ///
    /// A run that is there already is replaced if the report has all of its samples and more of them,
    /// or the same and a later end.
    ///
    /// - Returns: The id of the run, and what was done.
    /// - Throws: ``HistoryError``, or `ReportingError` if the report is not whole; nothing is written
    ///   then.
    @discardableResult
    package func add(
        _ files: ReportFiles, at time: Timestamp = .now
    ) throws -> (id: String, addition: Addition) {
        let run = try NewRun(files)
        let addition = try write { database in
            let known = try Self.known(run, in: database)
            let addition = try known.map { try run.addition(to: $0) } ?? .added
            switch addition {
            case .known, .kept: return addition
            case .replaced:
                try database.execute(
                    sql: "DELETE FROM runs WHERE id = ?", arguments: [run.id])
            case .added: break
            }
            try run.insert(into: database, at: time)
            return addition
        }
        return (run.id, addition)
    }

    private static func known(
        _ run: NewRun, in database: Database
    ) throws -> KnownRun? {
        guard
            let row = try GRDB.Row.fetchOne(
                database, sql: "SELECT number, manifest, finished_at FROM runs WHERE id = ?",
                arguments: [run.id])
        else { return nil }
        let fields = Fields(row)
        return KnownRun(
            manifest: fields.text("manifest"), finishedAt: fields.text("finished_at"),
            lines: try String.fetchAll(
                database, sql: "SELECT text FROM samples WHERE run = ? ORDER BY line",
                arguments: [fields.integer("number")]))
    }
}

/// What the history has of a run that is added again.
private struct KnownRun {
    let manifest: String?
    let finishedAt: String?
    let lines: [String]
}

extension NewRun {
    /// What to do with it where the history has this of the same run.
    fileprivate func addition(to known: KnownRun) throws(HistoryError) -> Addition {
        guard zip(lines, known.lines).allSatisfy(==) else {
            throw .otherSamples(path: directory, id: id)
        }
        if lines.count != known.lines.count {
            return lines.count > known.lines.count ? .replaced : .kept
        }
        if manifestText == known.manifest { return .known }
        return (manifest.finishedAt ?? "") >= (known.finishedAt ?? "") ? .replaced : .kept
    }
}
