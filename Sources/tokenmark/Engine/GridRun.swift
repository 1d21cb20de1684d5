internal import Machine
internal import Measurement
internal import Qwen
internal import Reporting
internal import Sweep

/// A sweep from a loaded model to its report: what `sweep` and `run` have in common.
struct GridRun {
    let plan: Plan
    let commandLine: [String]
    /// Where the report goes; nil for `reports/<time>-<model>-<precision>`.
    let reportDirectory: String?
    /// Name of the documents' CSV; nil for theirs.
    var documentsName: String?
    var measuresRoof = true
    var warnings: [String] = []

    /// Loads the model, runs the plan, prints the documents' table and where the report lies.
    ///
    /// - Throws: `ExitStatus.someCellsFailed` and `.interrupted` after all was written; errors of
    ///   bad input before anything was measured; `ReportingError` when the disk refuses.
    func run(loading load: () throws -> LoadedModel) throws {
        if let reportDirectory { try ReportDirectory.checkVacant(reportDirectory) }
        let progress = ProgressLine()
        for warning in warnings { progress.report(.warning(warning)) }
        if BuildConfiguration.isDebug {
            progress.report(.warning("this is a debug build: its times are worth nothing"))
        }

        let machine = MachineDescription.read()
        let start = Clock.now()
        progress.note("loading weights")
        let loaded = try load()
        let loadSeconds = Double(Clock.now() - start) / 1e9
        let engine = QwenEngine(
            model: loaded.model, precisionName: loaded.precisionName,
            availableBytes: loaded.availableBytes, measuresRoof: measuresRoof)
        for pin in loaded.model.execution.pool.pins where pin.askedCPU != nil && !pin.isPinned {
            progress.report(
                .warning("thread \(pin.worker) is not where it was asked to be: \(pin.result)"))
        }

        var manifest = Manifest(
            toolVersion: ToolVersion.current,
            commandLine: commandLine,
            buildConfiguration: BuildConfiguration.name,
            engine: engine.identity,
            grid: plan.grid)
        manifest.warnings = warnings
        try RunFacts(
            loaded: loaded, loadSeconds: loadSeconds, machine: machine,
            timeit: plan.grid.stampsSteps
        ).write(to: &manifest, plan: plan, engine: engine)
        let path =
            reportDirectory ?? ReportDirectory.defaultPath(in: "reports", for: engine.identity)
        let report = try ReportDirectory(
            path: path, manifest: manifest, documentsName: documentsName)

        Interruption.listen()
        let outcome = try Runner(
            engine: engine, sink: report, progress: progress,
            isCancelled: { Interruption.isRequested }
        ).run(plan)
        Terminal.output(report.tablesText)
        Terminal.output("\nReport: \(path)\n")
        if outcome.ending == .interrupted { throw ExitStatus.interrupted }
        if outcome.count(of: .ok) < plan.points.count { throw ExitStatus.someCellsFailed }
    }
}
