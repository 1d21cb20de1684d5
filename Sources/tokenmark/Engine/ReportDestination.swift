internal import Reporting
internal import Sweep

/// Where the report of a command goes.
enum ReportDestination {
    /// A directory of its own; nil for `reports/<time>-<model>-<precision>`.
    case new(String?)
    /// One that was cut off: what is missing is measured, and what came out in one of these ways is
    /// tried again.
    case resumed(String, retrying: Set<Status>)

    /// - Throws: `UsageError` for options that exclude each other.
    init(reportDir: String?, resume: String?, retry: RetryChoice? = nil) throws(UsageError) {
        switch (reportDir, resume) {
        case (let path, nil):
            guard retry == nil else {
                throw UsageError(
                    "--retry belongs to --resume: it names what to try again of a report")
            }
            self = .new(path)
        case (nil, let path?):
            self = .resumed(path, retrying: retry?.statuses ?? [])
        case (_?, _?):
            throw UsageError(
                "--report-dir and --resume exclude each other: --resume names the report")
        }
    }

    /// Keeps others out of a report that is gone on with, making its directory where there is none;
    /// nil for a new one, which has none yet.
    ///
    /// - Throws: `ReportingError.inUse` where another process writes there.
    func lock() throws(ReportingError) -> DirectoryLock? {
        guard case .resumed(let path, _) = self else { return nil }
        return try ReportDirectory.lock(path)
    }
}
