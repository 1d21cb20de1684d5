internal import ArgumentParser
internal import Kernels
internal import Machine

/// On which cores, with which memory policy and instructions; shared by every command that runs a
/// model.
struct MachineOptions: ParsableArguments {
    @Option(help: "Worker threads; one for each physical core unless given.")
    var threads: Int?

    @Option(help: ArgumentHelp("Cores to pin the threads to, such as 0-3,8.", valueName: "list"))
    var cpus: String?

    @Option(help: "Where memory lies: local, interleave or bind:0,1.")
    var numa = "local"

    @Option(help: "Instructions: auto, scalar, avx2, avx512 or amx.")
    var isa = "auto"
}
