package import Isolation
package import Qwen
package import Sweep

/// Which model the core runs how: what a worker process is told on its command line.
package struct CoreSettings: Sendable, Codable {
    /// A preset's shape with random weights, or the path of a model; one of them.
    package var model: String?
    package var weights: String?
    /// Of weights and activations; nil for that of the file, or bf16.
    package var precision: Precision?
    /// Of the KV cache; nil for the one that belongs to the precision.
    package var kvCache: CachePrecision?
    /// Where random weights, prompts and sampling start from.
    package var seed: UInt64 = 0
    package var machine: MachineSettings
    package var pinsThreads = true
    package var measuresRoof = true
    /// Positions that every sequence has room for, if input and output are fewer.
    package var leastPositions = 0
    /// The command line that starts the ranks; nil for the usual one.
    package var launcher: String?
    /// Of the sources of the program that asks, which those of a rank must be too; nil for any.
    package var version: String?

    package init(
        model: String? = nil, weights: String? = nil, on machine: MachineSettings = .init()
    ) {
        self.model = model
        self.weights = weights
        self.machine = machine
    }

    /// Where the model comes from.
    ///
    /// - Throws: `UsageError`, `QwenError`, `MachineError`: all of them bad input.
    package func source() throws -> ModelSource {
        switch (model, weights) {
        case (let preset?, nil):
            try ModelSource(preset: preset, precision: precision, seed: seed)
        case (nil, let path?):
            try ModelSource(path: path, precision: precision)
        case (_?, let path?):
            throw UsageError(
                "--model and --weights exclude each other: \(path) knows its own shape")
        case (nil, nil):
            throw UsageError(
                "no model: give --model qwen1.5-0.5b for random weights, or --weights FILE")
        }
    }

    /// The model on this process's own threads.
    ///
    /// - Throws: as `source()`.
    package func load() throws -> LoadedModel {
        try load(source())
    }

    /// The model of a source that was opened already.
    ///
    /// - Throws: as `source()`.
    package func load(_ source: ModelSource) throws -> LoadedModel {
        try LoadedModel(
            source, cache: kvCache, execution: machine.execution(pinsThreads: pinsThreads))
    }

    /// The part of the model that one of several ranks has, on this process's own threads.
    ///
    /// - Throws: as `source()`.
    package func load(_ rank: MachineSettings.Rank) throws -> LoadedModel {
        try LoadedModel(
            source(), cache: kvCache,
            execution: machine.execution(pinsThreads: pinsThreads, rank: rank), rank: rank)
    }

    /// These settings with those that a point of a sweep varies.
    package func varied(by setting: Parameters) -> CoreSettings {
        var varied = self
        varied.machine = machine.varied(by: setting)
        if let cache = setting[.kvCache] { varied.kvCache = CachePrecision(rawValue: "\(cache)") }
        return varied
    }

    /// What each rank has of a model, in their order; the model itself where there is one.
    ///
    /// - Throws: `QwenError` where they cannot share it.
    package func parts(of model: ModelConfiguration) throws(QwenError) -> [ModelConfiguration] {
        try RankShare.configurations(of: model, ranks: machine.rankCount)
    }

    /// The command line of a worker process with these settings, or of the launcher of its ranks.
    ///
    /// - Parameters:
    ///   - pointTimeout: Seconds that a point, and the start of a process, may take; nil for ever.
    ///   - memoryLimit: Bytes that the process, or each rank, may hold; nil for what there is.
    /// - Throws: where ranks cannot be started: ``UsageError``, `MachineError`, and what `source()` throws.
    package func command(
        pointTimeout: Double? = nil, memoryLimit: Int? = nil
    ) throws -> WorkerEngine.Command {
        if machine.rankCount > 1 {
            let command = try RankLauncher(launcher, hosts: machine.hosts).command(
                self, ranks: machine.rankCount, pointTimeout: pointTimeout,
                memoryLimit: memoryLimit)
            // Before as many processes are there as somebody may have mistyped.
            _ = try parts(of: source().configuration)
            // Other hosts know their own cores.
            if machine.hosts == nil {
                _ = try machine.isCrowded(.init(index: 0, count: machine.rankCount))
            }
            return command
        }
        return WorkerEngine.Command(
            program: Self.program, arguments: arguments, pointTimeout: pointTimeout,
            memoryLimit: memoryLimit)
    }

    private var arguments: [String] {
        var arguments = ["worker", "--seed", "\(seed)"]
        func add(_ name: String, _ value: String?) {
            if let value { arguments.append("--\(name)=\(value)") }
        }
        add("model", model)
        add("weights", weights)
        add("precision", precision?.rawValue)
        add("kv-cache", kvCache?.rawValue)
        add("threads", machine.threads.map(String.init))
        add("cpus", machine.cpus)
        add("numa", machine.numa)
        add("isa", machine.isa)
        if !pinsThreads { arguments.append("--unpinned") }
        if !measuresRoof { arguments.append("--no-roof") }
        if leastPositions > 0 { add("max-seq-len", "\(leastPositions)") }
        return arguments
    }

    /// This program, also where it was moved since it started.
    private static let program = "/proc/self/exe"
}

extension CoreSettings: Equatable {
    /// Whether workers with these settings do the same.
    package static func == (one: CoreSettings, other: CoreSettings) -> Bool {
        one.arguments == other.arguments && one.machine == other.machine
            && one.launcher == other.launcher
    }
}

extension CachePrecision {
    /// The precision that a user names.
    ///
    /// - Throws: ``UsageError`` that says what there is.
    package init(named name: String) throws(UsageError) {
        guard let precision = CachePrecision(rawValue: name) else {
            throw UsageError(
                "--kv-cache \(name) is unknown; choose "
                    + CachePrecision.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self = precision
    }
}
