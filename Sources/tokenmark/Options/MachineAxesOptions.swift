internal import ArgumentParser
internal import Machine
internal import Qwen
internal import Suite
internal import Sweep

/// The machine options of a sweep: as `MachineOptions`, and each may be a list to vary.
struct MachineAxesOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Worker threads, or several such as 1,2; one for each physical core unless given.",
            valueName: "list"))
    var threads: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Processes that run the model together over MPI, each with so many threads; or several such as 1,2.",
            valueName: "list", visibility: .hidden))
    var ranks: String?

    @OptionGroup var launchOptions: LaunchOptions

    @Option(
        help: ArgumentHelp(
            "Cores to pin the threads to, such as 0-3,8; several sets such as 0-3/4-7.",
            valueName: "list", visibility: .hidden))
    var cpus: String?

    @Option(
        help: ArgumentHelp(
            "Where memory lies: local, interleave, bind:0,1 or replicate, or several.",
            valueName: "list", visibility: .hidden),
        completion: .memoryPolicies)
    var numa = "local"

    @Option(
        help: ArgumentHelp(
            "Instructions: auto, scalar, avx2, avxvnni, avx512 or amx, or several.",
            valueName: "list", visibility: .hidden),
        completion: .instructionSets)
    var isa = "auto"

    @Option(
        help: ArgumentHelp(
            "Precision of the KV cache: f32, bf16 or int8, or several; bf16, or f32 for f32, unless given.",
            valueName: "list", visibility: .hidden),
        completion: CachePrecision.defaultCompletionKind)
    var kvCache: String?

    private var given: [(parameter: Parameter, text: String?)] {
        [
            (.ranks, ranks), (.threads, threads), (.cpus, cpus), (.numa, numa), (.isa, isa),
            (.kvCache, kvCache),
        ]
    }

    /// What is varied; an option with one value is not.
    ///
    /// - Throws: `SweepError`, `UsageError` and `MachineError` for a value that is no good here.
    func axes() throws -> SettingAxes {
        var axes = SettingAxes()
        for (parameter, text) in given {
            let values = try text.map(parameter.read) ?? []
            // What no setting could start with is known before the first one does.
            for value in values { try Self.check("\(value)", of: parameter) }
            if values.count > 1 { axes[parameter] = values }
        }
        return axes
    }

    /// The values that are not varied, and the first of those that are.
    ///
    /// - Throws: `SweepError` for a number of ranks or threads that is none.
    func base() throws -> MachineSettings {
        func first(_ parameter: Parameter, _ text: String) throws -> ParameterValue? {
            try parameter.read(text).first
        }
        var settings = MachineSettings()
        settings.ranks = try ranks.flatMap { try first(.ranks, $0)?.count }
        settings.threads = try threads.flatMap { try first(.threads, $0)?.count }
        settings.cpus = try cpus.flatMap { try first(.cpus, $0)?.description }
        settings.numa = try first(.numa, numa)?.description ?? numa
        settings.isa = try first(.isa, isa)?.description ?? isa
        return settings
    }

    /// The precision of the cache that is not varied, or the first; nil for the one that belongs to the
    /// weights.
    ///
    /// - Throws: `UsageError` for a word that is none.
    func baseCache() throws -> CachePrecision? {
        try kvCache.flatMap { try Parameter.kvCache.read($0).first }.map {
            try CachePrecision(named: "\($0)")
        }
    }

    private static func check(_ text: String, of parameter: Parameter) throws {
        switch parameter {
        case .cpus: _ = try CPUSet(parsing: text)
        case .numa: _ = try MemoryPolicy(parsing: text)
        case .isa: _ = try InstructionSetChoice.resolve(text)
        case .kvCache: _ = try CachePrecision(named: text)
        default: break
        }
    }
}
