import GRDB
import Reporting

extension HistoryDatabase {
    /// Takes runs out, with their points and samples.
    ///
    /// - Parameters:
    ///   - filter: those that may go.
    ///   - keep: how many of the newest of each model, precision and machine stay, however old; they
    ///     are counted among all that match but for ``RunFilter/before``.
    ///   - isTrial: true takes out nothing.
    /// - Returns: those that went, or would, newest first.
    /// - Throws: ``HistoryError``.
    package func prune(
        _ filter: RunFilter, keeping keep: Int, isTrial: Bool
    ) throws -> [StoredRun] {
        if isTrial { return try read { try leaving(filter, keep, in: $0) } }
        return try write { database in
            let found = try leaving(filter, keep, in: database)
            for run in found {
                try database.execute(
                    sql: "DELETE FROM runs WHERE id = ?", arguments: [run.id])
            }
            return found
        }
    }

    private func leaving(
        _ filter: RunFilter, _ keep: Int, in database: Database
    ) throws -> [StoredRun] {
        var counted = filter
        counted.before = nil
        var places: [Series.Subject: Int] = [:]
        let rest = try runs(counted, in: database).filter { run in
            let subject = Series.Subject(
                model: run.model, precision: run.precision, machine: run.machine,
                engine: [])
            places[subject, default: 0] += 1
            return places[subject, default: 0] > keep
        }
        guard let before = filter.before else { return rest }
        return rest.filter { $0.startedAt < before.iso8601 }
    }
}
