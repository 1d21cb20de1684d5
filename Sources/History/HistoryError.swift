import GRDB

/// What can go wrong with a history.
package enum HistoryError: Error, Equatable, CustomStringConvertible {
    /// No database where one was to be read.
    case missing(path: String)
    /// Something is there, but no history; it was left as it is.
    case notAHistory(path: String, what: String)
    /// A database that a later version of this program has changed; it was left as it is.
    case newerSchema(path: String, found: Int, known: Int)
    /// A history that cannot be read as one.
    case damaged(path: String, what: String)
    /// Another process wrote all the time.
    case busy(path: String)
    /// The disk is full.
    case full(path: String)
    /// The database cannot be opened, read or written.
    case unusable(path: String, what: String)
    /// A file of a report that cannot be kept as it is.
    case unfit(path: String, what: String)
    /// A report with the identity of a run of the history, but with samples of another one.
    case otherSamples(path: String, id: String)
    case noRun(id: String)
    case ambiguous(id: String, runs: [String])
    /// A run that was added when no samples were kept.
    case noSamples(id: String)
    case tooFewRuns(found: Int)
    /// Not a column of numbers; similar ones.
    case noMetric(String, similar: [String])
    case nothingToPlot(metric: String)

    package var description: String {
        switch self {
        case .missing(let path):
            "there is no history at \(path): begin it with tokenmark history add REPORT"
        case .notAHistory(let path, let what):
            "\(path) is not a history: \(what); choose another with --database"
        case .newerSchema(let path, let found, let known):
            "\(path) has schema version \(found), this program knows up to \(known): update it"
        case .damaged(let path, let what):
            "\(path) is damaged: \(what); move it away and add its reports again"
        case .busy(let path):
            "\(path) is busy: another process has written to it for "
                + "\(Int(HistoryDatabase.patience)) s; try again"
        case .full(let path):
            "cannot write \(path): the disk is full; free some space, or choose another with "
                + "--database"
        case .unusable(let path, let what):
            "cannot use \(path): \(what); choose another with --database"
        case .unfit(let path, let what):
            "\(path): \(what)"
        case .otherSamples(let path, let id):
            "\(path) says that it is run \(id), which has other samples: it was not added"
        case .noRun(let id):
            "no run \(id): see tokenmark history list"
        case .ambiguous(let id, let runs):
            "\(id) begins several runs: \(runs.joined(separator: ", ")); write more of it"
        case .noSamples(let id):
            "run \(id) was added without its samples by an earlier version: add its report again"
        case .tooFewRuns(let found):
            "\(found) such run\(found == 1 ? "" : "s") in the history: two are compared"
        case .noMetric(let name, let similar):
            "no metric \(name): "
                + (similar.isEmpty
                    ? "write one like tpot_p50, ttft_p95 or e2e"
                    : "there is \(similar.joined(separator: ", "))")
        case .nothingToPlot(let metric):
            "no run has a \(metric) at such a point: see tokenmark history list"
        }
    }
}

extension HistoryError {
    /// What an error of SQLite means for the database at that path.
    init(_ error: DatabaseError, path: String) {
        let what = error.message ?? "SQLite error \(error.extendedResultCode.rawValue)"
        self =
            switch error.resultCode {
            case .SQLITE_NOTADB: .notAHistory(path: path, what: "it is no SQLite database")
            case .SQLITE_CORRUPT, .SQLITE_ERROR, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH:
                .damaged(path: path, what: what)
            case .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_PROTOCOL: .busy(path: path)
            case .SQLITE_FULL: .full(path: path)
            default: .unusable(path: path, what: what)
            }
    }
}
