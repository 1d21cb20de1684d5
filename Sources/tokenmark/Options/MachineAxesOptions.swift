internal import ArgumentParser
internal import Machine
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
        help: ArgumentHelp(
            "Cores to pin the threads to, such as 0-3,8; several sets such as 0-3/4-7.",
            valueName: "list"))
    var cpus: String?

    @Option(
        help: ArgumentHelp(
            "Where memory lies: local, interleave, bind:0,1 or replicate, or several.",
            valueName: "list"))
    var numa = "local"

    @Option(
        help: ArgumentHelp(
            "Instructions: auto, scalar, avx2, avxvnni, avx512 or amx, or several.",
            valueName: "list"))
    var isa = "auto"

    /// What is varied; an option with one value is not.
    ///
    /// - Throws: `SweepError`, `UsageError` and `MachineError` for a value that is no good here.
    func axes() throws -> MachineAxes {
        var axes = MachineAxes()
        if let threads {
            let counts = try ListText.numbers(threads, axis: .threads)
            if counts.count > 1 { axes.threads = counts }
        }
        if cpuSets.count > 1 { axes.cpus = cpuSets }
        let policies = Self.policies(numa)
        if policies.count > 1 { axes.numa = policies }
        let sets = isa.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        if sets.count > 1 { axes.isa = sets }
        // What no setting could start with is known before the first one does.
        for text in cpuSets { _ = try CPUSet(parsing: text) }
        for text in policies { _ = try MemoryPolicy(parsing: text) }
        for text in sets { _ = try InstructionSetChoice.resolve(text) }
        return axes
    }

    /// The values that are not varied, and the first of those that are.
    ///
    /// - Throws: `SweepError` for a number of threads that is none.
    func base() throws -> MachineOptions {
        var options = MachineOptions()
        options.threads = try threads.flatMap { try ListText.numbers($0, axis: .threads).first }
        options.cpus = cpuSets.first
        options.numa = Self.policies(numa).first ?? numa
        options.isa = isa.split(separator: ",").first.map(String.init) ?? isa
        return options
    }

    private var cpuSets: [String] {
        cpus.map { $0.split(separator: "/", omittingEmptySubsequences: false).map(String.init) }
            ?? []
    }

    /// Cuts at the commas that do not belong to the nodes of a `bind:`.
    private static func policies(_ text: String) -> [String] {
        var policies: [String] = []
        for item in text.split(separator: ",", omittingEmptySubsequences: false) {
            let isNodes = item.first?.isNumber ?? false
            if isNodes, let last = policies.last, last.hasPrefix("bind:") {
                policies[policies.count - 1] = "\(last),\(item)"
            } else {
                policies.append(String(item))
            }
        }
        return policies
    }
}
