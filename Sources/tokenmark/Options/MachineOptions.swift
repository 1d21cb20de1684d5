internal import ArgumentParser
internal import Suite

/// On which cores, with which memory policy and instructions; shared by every command that runs a
/// model.
struct MachineOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Worker threads; one for each physical core unless given.", valueName: "n"))
    var threads: Int?

    @Option(help: ArgumentHelp("Cores to pin the threads to, such as 0-3,8.", valueName: "list"))
    var cpus: String?

    @Option(
        help: ArgumentHelp(
            "Where memory lies: local, interleave, bind:0,1, or replicate: a copy of the weights "
                + "on every node.", valueName: "policy"),
        completion: .memoryPolicies)
    var numa = "local"

    @Option(
        help: ArgumentHelp(
            "Instructions: auto, scalar, avx2, avxvnni, avx512 or amx.", valueName: "set"),
        completion: .instructionSets)
    var isa = "auto"

    /// What they ask for.
    var settings: MachineSettings {
        var settings = MachineSettings()
        settings.threads = threads
        settings.cpus = cpus
        settings.numa = numa
        settings.isa = isa
        return settings
    }
}

extension CompletionKind {
    /// What `--numa` may begin with.
    static var memoryPolicies: CompletionKind {
        .list(["local", "interleave", "bind:", "replicate"])
    }

    /// What `--isa` may be.
    static var instructionSets: CompletionKind {
        .list(["auto", "scalar", "avx2", "avxvnni", "avx512", "amx"])
    }
}
