package import Basics
internal import Foundation
internal import Machine
package import Reporting
package import Sweep

/// A sweep from its settings to its report: what `sweep` and `run` have in common.
///
/// It prints nothing; `docs/embedding.md` shows it in ten lines.
package struct SweepRun {
    package let plan: Plan
    package let provider: any EngineProvider
    /// Where the report goes.
    package let destination: ReportDestination
    package var caller: Caller
    /// Makes what tells the energy of calls, when the engine is there; nil where nobody wants to know.
    package var energyMeter: (() throws -> MachineEnergy)?
    /// Name of the documents' CSV; nil for theirs.
    package var documentsName: String?
    /// What that name calls the model; nil for what it is called.
    package var documentsModel: String?
    /// Of the tables and the page of the report; nil for those that have both, and an English page.
    package var language: Language?
    package var warnings: [String] = []
    /// What only the caller knows, for the manifest: the documents' configuration.
    package var sections: [String: JSONValue] = [:]

    /// What came of it.
    package struct Result {
        package let outcome: Outcome
        /// On the disk.
        package let report: ReportDirectory
    }

    package init(
        _ plan: Plan, _ provider: any EngineProvider, to destination: ReportDestination,
        caller: Caller = Caller()
    ) {
        self.plan = plan
        self.provider = provider
        self.destination = destination
        self.caller = caller
    }

    private struct PointMemory: Encodable {
        let point: String
        let weightsBytes: Int
        let kvCacheBytes: Int
        let scratchBytes: Int
    }

    /// Loads the model, runs the plan and writes its report.
    ///
    /// - Throws: errors of bad input before anything was measured; `ReportingError` when the disk
    ///   refuses.
    package func run() throws -> Result {
        if case .new(let path?) = destination { try ReportDirectory.checkVacant(path) }
        let lock = try destination.lock()
        if let warning = lock?.warning { caller.warn(warning) }
        for warning in warnings { caller.warn(warning) }
        caller.warnOfDebugBuild()
        // Before threads are pinned, which narrows what this one may use.
        let machine = MachineDescription.read()
        caller.progress?.note("loading weights")
        let engine = try provider.engine(for: plan.points[0].setting)
        for warning in engine.warnings { caller.warn(warning) }

        let meter = try energyMeter?()
        let report = try report(for: try manifest(engine, machine, meter), under: lock)
        report.language = language
        caller.didLoad()
        let outcome = try Runner(
            plan, engine: engine, sink: report, progress: caller.progress, energyMeter: meter,
            isCancelled: caller.isCancelled
        ).run(after: report.earlier)
        try engine.describeSettings(plan.grid.settings.settings.count, in: report)
        return Result(outcome: outcome, report: report)
    }

    private func manifest(
        _ engine: any DescribedEngine, _ machine: MachineDescription, _ meter: MachineEnergy?
    ) throws -> Manifest {
        var identity = engine.identity
        // One that is varied is not that of the report.
        if !plan.grid.settings[.kvCache].isEmpty {
            identity.precision = identity.precisionOfWeights
        }
        var manifest = Manifest(
            toolVersion: caller.toolVersion,
            commandLine: caller.commandLine,
            buildConfiguration: BuildConfiguration.name,
            engine: identity,
            fingerprint: engine.fingerprint,
            grid: plan.grid)
        manifest.warnings = warnings + engine.warnings
        manifest.labels = caller.labels
        try manifest.set("machine", to: machine)
        try engine.describe(in: &manifest)
        try meter?.describe(in: &manifest)
        try manifest.set("memory", to: memory(of: engine))
        try manifest.set("timeit", to: plan.grid.stampsSteps)
        try manifest.set("working_directory", to: FileManager.default.currentDirectoryPath)
        try manifest.set("isolated", to: provider.isIsolated)
        manifest.sections.merge(sections) { _, given in given }
        return manifest
    }

    /// What each point would take; a process with another setting is not there to be asked.
    private func memory(of engine: any Engine) -> [PointMemory] {
        guard let engine = engine as? any MemoryCounting else { return [] }
        return plan.points.filter {
            $0.setting == plan.points[0].setting && !$0.isMixed
        }.compactMap { point in
            engine.memoryEstimate(for: point).map {
                PointMemory(
                    point: point.id, weightsBytes: $0.weightsBytes, kvCacheBytes: $0.kvCacheBytes,
                    scratchBytes: $0.scratchBytes)
            }
        }
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
        return try ReportDirectory(
            path: destination.newPath(for: manifest.engine), manifest: manifest,
            documentsName: documentsName)
    }
}
