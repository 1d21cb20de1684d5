internal import Suite

extension ReportDestination {
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
}
