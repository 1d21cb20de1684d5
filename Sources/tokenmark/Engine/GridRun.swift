internal import Basics
internal import Foundation
internal import Glibc
internal import Isolation
internal import Machine
internal import Measurement
internal import Qwen
internal import Reporting
internal import Sweep

/// A sweep from its settings to its report: what `sweep` and `run` have in common.
struct GridRun {
    let plan: Plan
    let commandLine: [String]
    let settings: WorkerSettings
    /// Where the report goes.
    let destination: ReportDestination
    /// Whether the cells run in a process of their own.
    var isIsolated = true
    /// Seconds that an isolated cell has; nil for as long as it takes.
    var cellTimeout: Double?
    /// Name of the documents' CSV; nil for theirs.
    var documentsName: String?
    /// What that name calls the model; nil for what it is called.
    var documentsModel: String?
    var warnings: [String] = []
    /// The text of the documents' configuration, where that is what was asked.
    var configurationText: String?
    var progress: ProgressView

    private struct PointMemory: Encodable {
        let point: String
        let weightsBytes: Int
        let kvCacheBytes: Int
        let scratchBytes: Int
    }

    /// Loads the model, runs the plan, prints the documents' table and where the report lies.
    ///
    /// - Throws: `ExitStatus.someCellsFailed` and `Interruption.exitStatus` after all was written; errors of
    ///   bad input before anything was measured; `ReportingError` when the disk refuses.
    func run() throws {
        if case .new(let path?) = destination { try ReportDirectory.checkVacant(path) }
        let lock = try destination.lock()
        defer { progress.end() }
        if let warning = lock?.warning { progress.report(.warning(warning)) }
        for warning in warnings { progress.report(.warning(warning)) }
        if BuildConfiguration.isDebug {
            progress.report(.warning("this is a debug build: its times are worth nothing"))
        }
        // Before threads are pinned, which narrows what this one may use.
        let machine = MachineDescription.read()
        progress.note("loading weights")
        let (engine, facts) = try engine()
        for warning in facts.warnings { progress.report(.warning(warning)) }

        let report = try report(for: try manifest(engine, facts, machine), under: lock)
        Interruption.listen()
        let outcome = try Runner(
            plan, engine: engine, sink: report, progress: progress,
            isCancelled: { Interruption.isRequested }
        ).run(after: report.earlier)
        progress.end()
        try addSettings(of: engine, to: report)
        let isInterrupted = outcome.ending == .interrupted
        // Ctrl-C ends those who read along too; the way on is told all the same.
        defer {
            if isInterrupted {
                Resumption.advise(commandLine.dropFirst().first ?? "sweep", report.path)
            }
        }
        try Terminal.output(report.tablesText + "\nReport: \(report.path)\n")
        if isInterrupted { throw Interruption.exitStatus }
        if outcome.count(of: .ok) < plan.points.count { throw ExitStatus.someCellsFailed }
    }

    private func engine() throws -> (any Engine, RunFacts) {
        guard isIsolated else {
            let start = Clock.now()
            let loaded = try settings.load()
            let seconds = Double(Clock.now() - start) / 1e9
            return (
                QwenEngine(loaded, measuresRoof: settings.measuresRoof),
                try RunFacts(loaded, loadSeconds: seconds)
            )
        }
        let first = plan.points.first?.setting ?? .inherited
        let engine = try WorkerEngine(first) { setting in
            settings.varied(by: setting).command(pointTimeout: cellTimeout)
        }
        return (engine, try RunFacts(json: engine.facts[first]))
    }

    private func manifest(
        _ engine: any Engine, _ facts: RunFacts, _ machine: MachineDescription
    ) throws(ReportingError) -> Manifest {
        var manifest = Manifest(
            toolVersion: ToolVersion.current,
            commandLine: commandLine,
            buildConfiguration: BuildConfiguration.name,
            engine: engine.identity,
            grid: plan.grid)
        manifest.warnings = warnings + facts.warnings
        try manifest.set("machine", to: machine)
        try facts.write(to: &manifest)
        try manifest.set(
            "memory",
            to: plan.points.compactMap { point -> PointMemory? in
                // A process with other threads is not there to be asked.
                guard point.setting == plan.points[0].setting else { return nil }
                return engine.memoryEstimate(for: point).map {
                    PointMemory(
                        point: point.id, weightsBytes: $0.weightsBytes,
                        kvCacheBytes: $0.kvCacheBytes, scratchBytes: $0.scratchBytes)
                }
            })
        try manifest.set("timeit", to: plan.grid.stampsSteps)
        try manifest.set("working_directory", to: FileManager.default.currentDirectoryPath)
        if let configurationText { try manifest.set("configuration", to: configurationText) }
        try manifest.set("isolated", to: isIsolated)
        return manifest
    }

    /// What each setting of the machine came to, where several ran.
    private func addSettings(of engine: any Engine, to report: ReportDirectory) throws {
        guard let worker = engine as? WorkerEngine, plan.grid.machine.settings.count > 1 else {
            return
        }
        var executions: [String: RunFacts.Execution] = [:]
        for (setting, facts) in worker.facts {
            executions[setting.id ?? ""] = try RunFacts(json: facts).execution
        }
        try report.add("settings", executions)
    }

    private func report(
        for manifest: Manifest, under lock: DirectoryLock?
    ) throws(ReportingError) -> ReportDirectory {
        let documentsName =
            documentsName
            ?? ReportDirectory.documentsName(for: manifest.engine, model: documentsModel)
        if case .resumed(let path, let retried) = destination, let lock {
            return try ReportDirectory(
                resuming: path, under: lock, manifest: manifest, documentsName: documentsName,
                retrying: retried)
        }
        var path: String?
        if case .new(let given) = destination { path = given }
        return try ReportDirectory(
            path: path ?? ReportDirectory.defaultPath(in: "reports", for: manifest.engine),
            manifest: manifest, documentsName: documentsName)
    }
}
