/// Where the report of a sweep goes.
enum ReportDestination {
    /// A directory of its own; nil for `reports/<time>-<model>-<precision>`.
    case new(String?)
    /// One that was cut off: what is missing is measured.
    case resumed(String)

    /// - Throws: `UsageError` when both are given.
    init(reportDir: String?, resume: String?) throws(UsageError) {
        switch (reportDir, resume) {
        case (let path, nil): self = .new(path)
        case (nil, let path?): self = .resumed(path)
        case (_?, _?):
            throw UsageError(
                "--report-dir and --resume exclude each other: --resume names the report")
        }
    }
}
