import Glibc

/// What can go wrong with a report on its way to the disk and back.
package enum ReportingError: Error, Equatable, CustomStringConvertible {
    /// A system call on a file failed; `code` is its errno.
    case file(operation: String, path: String, code: Int32)
    /// The directory for a new report has something in it.
    case occupied(path: String)
    /// Another process writes into the directory.
    case inUse(path: String, holder: String)
    /// A directory without a manifest.
    case notAReport(path: String)
    /// The directory of a search for the largest batch, which has no samples.
    case notASweep(path: String)
    /// The directory of a task of the documents' driver that measures no times.
    case noTimes(path: String, task: String)
    /// A CSV that has neither the columns of the documents' tables nor those of their CSV.
    case notPublished(path: String, columns: [String])
    /// A report whose schema this program does not know.
    case newerSchema(path: String, found: Int, known: Int)
    /// A file of a report does not say what it must; `line` counts from 1.
    case malformed(path: String, line: Int, what: String)
    /// A report to go on with was made in another way; each difference names both values.
    case otherConfiguration(path: String, differences: [String])
    /// A file to compare that is neither a report nor one of the known tools' JSONL.
    case notComparable(path: String)
    /// Two sides to compare ran different models; each difference names both.
    case otherModel(differences: [String])
    /// A table that a document does not have.
    case noTable(name: String, tables: [String])
    /// Something cannot be written as JSON.
    case unencodable(what: String)

    package var description: String {
        switch self {
        case .file(let operation, let path, let code):
            "cannot \(operation) \(path): \(String(cString: strerror(code)))"
                + (code == ENOSPC ? "; free some space, or choose another disk" : "")
        case .occupied(let path):
            "report directory \(path) exists and is not empty; choose another with --report-dir"
        case .inUse(let path, let holder):
            "\(path) is being written by \(holder); wait until it has ended, or end it"
        case .notAReport(let path):
            "\(path) has no \(ReportDirectory.manifestName): give the directory of a report"
        case .notASweep(let path):
            "\(path) is the report of a search for the largest batch: its tables are tables.md and "
                + "max_batch.csv, its page is --format html; give the directory of a sweep"
        case .noTimes(let path, let task):
            "\(path) holds the answers of run --task \(task), and no times: give the directory of a "
                + "sweep"
        case .notPublished(let path, let columns):
            "\(path) has the columns \(columns.joined(separator: ",")): give a CSV with "
                + "\(Column.published.map(\.header).joined(separator: ",")), a "
                + "performance_test_….csv, or a report directory"
        case .newerSchema(let path, let found, let known):
            "\(path) has schema version \(found), this program knows up to \(known): update it"
        case .malformed(let path, let line, let what):
            "\(path), line \(line): \(what)"
        case .otherConfiguration(let path, let differences):
            "\(path) was measured in another way: \(differences.joined(separator: "; ")); give the "
                + "same options, or another directory"
        case .notComparable(let path):
            "\(path) is neither a report directory nor the output of llama-bench -o jsonl or of "
                + "llama-batched-bench --output-format jsonl"
        case .otherModel(let differences):
            "\(differences.joined(separator: "; ")): compare the same model, or give --any-model"
        case .noTable(let name, let tables):
            "no table \"\(name)\": there is \(tables.joined(separator: ", "))"
        case .unencodable(let what):
            "cannot write as JSON: \(what)"
        }
    }
}
