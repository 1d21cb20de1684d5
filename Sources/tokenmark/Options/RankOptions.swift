internal import ArgumentParser
internal import Qwen
internal import Suite

/// How many processes run a model together, shared by commands that can start them.
struct RankOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Processes that run the model together over MPI, each with so many threads.",
            valueName: "n"))
    var ranks: Int?

    @OptionGroup var launchOptions: LaunchOptions

    /// What was asked, the same however it was written.
    var words: [String?] {
        [ranks.map(String.init)] + launchOptions.words
    }

    /// - Parameter devices: Ranks unless the user says how many.
    /// - Throws: `UsageError` for a number that is none, and for options that nothing belongs to.
    func apply(to settings: inout CoreSettings, devices: Int? = nil) throws(UsageError) {
        let ranks = ranks ?? devices
        if let ranks, ranks < 1 {
            throw UsageError("--ranks \(ranks) is not a number of 1 or more")
        }
        settings.machine.ranks = ranks
        try launchOptions.apply(to: &settings, hasRanks: ranks != nil)
    }
}

/// What starts the ranks of a model, and where they may run.
struct LaunchOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The hosts that ranks are spread over, such as a,b; this one unless given.",
            valueName: "list", visibility: .hidden))
    var hosts: String?

    @Option(
        help: ArgumentHelp(
            "In which precision sums travel between hosts: f32 or bf16; f32 unless given.",
            visibility: .hidden))
    var reduce: ReducePrecision?

    @Option(
        help: ArgumentHelp(
            "What starts ranks; mpirun -n {ranks} unless given, with --host {hosts} where there are hosts.",
            valueName: "command", visibility: .hidden))
    var launcher: String?

    @Flag(help: ArgumentHelp("Let ranks share cores.", visibility: .hidden))
    var oversubscribe = false

    /// What was asked, the same however it was written.
    var words: [String?] { [hosts, reduce?.rawValue, launcher, "\(oversubscribe)"] }

    /// The first that was given; nil where none was.
    private var given: String? {
        let all = [
            ("--hosts", hosts != nil), ("--reduce", reduce != nil), ("--launcher", launcher != nil),
            ("--oversubscribe", oversubscribe),
        ]
        return all.first { $0.1 }?.0
    }

    /// - Throws: `UsageError` for an option that no rank would heed, and for hosts that are none.
    func apply(to settings: inout CoreSettings, hasRanks: Bool) throws(UsageError) {
        if let given, !hasRanks {
            throw UsageError(
                "\(given) is for ranks, and there are none: give --ranks 2 too, or leave it out")
        }
        if let reduce, hosts == nil {
            throw UsageError(
                "--reduce \(reduce.rawValue) is for sums that travel between hosts: give --hosts too; on "
                    + "one host ranks read them where they lie")
        }
        settings.launcher = launcher
        settings.version = sourceVersion
        settings.machine.oversubscribes = oversubscribe
        settings.machine.hosts = try hosts.map { text throws(UsageError) in
            try RankHosts(parsing: text).names
        }
        settings.machine.reduce = reduce
    }
}
