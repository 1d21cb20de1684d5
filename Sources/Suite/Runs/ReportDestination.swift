package import Reporting
package import Sweep

/// Where the report of a run goes.
package enum ReportDestination {
    /// A directory of its own; nil for `reports/<time>-<model>-<precision>`.
    case new(String?)
    /// One that was cut off: what is missing is measured, and what came out in one of these ways is
    /// tried again.
    case resumed(String, retrying: Set<Status>)

    /// The directory of a new report: as it was given, or a name of its own, which ends in `suffix`.
    func newPath(for engine: EngineIdentity, suffix: String = "") -> String {
        if case .new(let path?) = self { return path }
        return ReportDirectory.defaultPath(in: "reports", for: engine) + suffix
    }

    /// Keeps others out of a report that is gone on with, making its directory where there is none;
    /// nil for a new one, which has none yet.
    ///
    /// - Throws: `ReportingError.inUse` where another process writes there.
    package func lock() throws(ReportingError) -> DirectoryLock? {
        guard case .resumed(let path, _) = self else { return nil }
        return try ReportDirectory.lock(path)
    }
}
