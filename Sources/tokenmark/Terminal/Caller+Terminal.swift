internal import Reporting
internal import Suite
internal import Sweep

extension Caller {
    /// This process, as its user started it.
    static func user(
        _ progress: ProgressView, as commandLine: [String] = CommandLine.arguments,
        labels: Labels? = nil
    ) -> Caller {
        Caller(
            toolVersion: ToolVersion.current, commandLine: commandLine,
            labels: labels, progress: progress, didLoad: { Interruption.listen() },
            isCancelled: { Interruption.isRequested })
    }
}

extension SweepRun {
    /// Runs it, and prints what `text` makes of the report, and where that lies.
    ///
    /// - Returns: the directory of the report.
    /// - Throws: `ExitStatus.someCellsFailed` and `Interruption.exitStatus` after all was written; as
    ///   ``run()``.
    @discardableResult
    func runAndPrint(
        _ progress: ProgressView, _ text: (ReportDirectory) -> String
    ) throws -> String {
        defer { progress.end() }
        let result = try run()
        progress.end()
        let isInterrupted = result.outcome.ending == .interrupted
        // Ctrl-C ends those who read along too; the way on is told all the same.
        defer {
            if isInterrupted {
                Resumption.advise(
                    caller.commandLine.dropFirst().first ?? "sweep", result.report.path)
            }
        }
        try Terminal.output(text(result.report) + "\nReport: \(result.report.path)\n")
        if isInterrupted { throw Interruption.exitStatus }
        if result.outcome.count(of: .ok) < plan.points.count { throw ExitStatus.someCellsFailed }
        return result.report.path
    }
}
