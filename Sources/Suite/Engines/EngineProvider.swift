internal import Basics
internal import Isolation
package import Reporting
package import Sweep

/// Makes the engine that a run measures.
package protocol EngineProvider {
    /// Whether its points run in a process of their own.
    var isIsolated: Bool { get }

    /// An engine that is ready for points with this setting, and takes others where it can.
    ///
    /// - Throws: what is wrong with the input, in one line for the user.
    func engine(for setting: Parameters) throws -> any DescribedEngine
}

/// An engine that a report can say more of than its identity.
package protocol DescribedEngine: Engine {
    /// What the user should know, one line each.
    var warnings: [String] { get }

    /// Adds to a manifest what is known when the engine is there.
    func describe(in manifest: inout Manifest) throws

    /// Adds what is known when the run is over.
    ///
    /// - Parameter settings: How many settings of the machine there were.
    func describeSettings(_ settings: Int, in report: ReportDirectory) throws
}

/// The inference core as an engine, in this process or in a worker.
package struct CoreProvider: EngineProvider {
    package var settings: CoreSettings
    /// Whether a worker runs it, which is this program again.
    package var isIsolated = true
    /// Seconds that an isolated point has; nil for as long as it takes.
    package var pointTimeout: Double?

    package init(_ settings: CoreSettings, isIsolated: Bool = true, pointTimeout: Double? = nil) {
        self.settings = settings
        self.isIsolated = isIsolated
        self.pointTimeout = pointTimeout
    }

    package func engine(for setting: Parameters) throws -> any DescribedEngine {
        guard isIsolated else {
            let start = Clock.now()
            let loaded = try settings.varied(by: setting).load()
            let facts = try RunFacts(loaded, loadSeconds: Double(Clock.now() - start) / 1e9)
            return QwenEngine(loaded, facts, measuresRoof: settings.measuresRoof)
        }
        return try WorkerEngine(setting) {
            try settings.varied(by: $0).command(pointTimeout: pointTimeout)
        }
    }
}

extension QwenEngine: DescribedEngine {
    package var warnings: [String] { facts.warnings }

    package func describe(in manifest: inout Manifest) throws { try facts.write(to: &manifest) }

    package func describeSettings(_ settings: Int, in report: ReportDirectory) {}
}

extension WorkerEngine: DescribedEngine {
    package var warnings: [String] { (try? firstFacts)?.warnings ?? [] }

    package func describe(in manifest: inout Manifest) throws {
        try firstFacts.write(to: &manifest)
    }

    package func describeSettings(_ settings: Int, in report: ReportDirectory) throws {
        guard settings > 1 else { return }
        var executions: [String: RunFacts.Execution] = [:]
        for (setting, facts) in facts {
            executions[setting.id ?? ""] = try RunFacts(json: facts).execution
        }
        try report.add("settings", executions)
    }

    /// Of the process that was started first.
    private var firstFacts: RunFacts {
        get throws { try RunFacts(json: facts[firstSetting]) }
    }
}
