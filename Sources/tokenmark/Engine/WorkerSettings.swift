internal import Foundation
internal import Glibc
internal import Isolation
internal import Qwen
internal import Sweep

/// Which model runs how: what a worker process is told on its command line.
struct WorkerSettings {
    var model: String?
    var weights: String?
    var precision: Precision?
    var kvCache: CachePrecision?
    var seed: UInt64
    var machine: MachineOptions
    var pinsThreads = true
    var measuresRoof = true
    /// Positions that every sequence has room for, if input and output are fewer.
    var leastPositions = 0

    init(_ machine: MachineOptions) {
        seed = 0
        self.machine = machine
    }

    init(_ options: ModelOptions, _ machine: MachineOptions) {
        model = options.model
        weights = options.weights
        precision = options.precision
        kvCache = options.kvCache
        seed = options.seed
        self.machine = machine
    }

    /// Where the model comes from.
    ///
    /// - Throws: `UsageError`, `QwenError`, `MachineError`: all of them bad input.
    func source() throws -> ModelSource {
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
    func load() throws -> LoadedModel {
        try load(source())
    }

    /// The model of a source that was opened already.
    ///
    /// - Throws: as `source()`.
    func load(_ source: ModelSource) throws -> LoadedModel {
        try LoadedModel(
            source, cache: kvCache, execution: machine.execution(pinsThreads: pinsThreads))
    }

    /// These settings with those that a point of a sweep varies.
    func varied(by setting: MachineSetting) -> WorkerSettings {
        var varied = self
        if let threads = setting.threads { varied.machine.threads = threads }
        if let cpus = setting.cpus { varied.machine.cpus = cpus }
        if let numa = setting.numa { varied.machine.numa = numa }
        if let isa = setting.isa { varied.machine.isa = isa }
        return varied
    }

    /// The command line of a worker process with these settings.
    func command(pointTimeout: Double?, memoryLimit: Int? = nil) -> WorkerEngine.Command {
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
        return WorkerEngine.Command(
            program: Self.program, arguments: arguments, pointTimeout: pointTimeout,
            memoryLimit: memoryLimit)
    }

    /// This program, also where it was moved since it started.
    private static let program = "/proc/self/exe"
}

extension WorkerSettings: Equatable {
    /// Whether workers with these settings do the same.
    static func == (one: WorkerSettings, other: WorkerSettings) -> Bool {
        one.command(pointTimeout: nil).arguments == other.command(pointTimeout: nil).arguments
    }
}
