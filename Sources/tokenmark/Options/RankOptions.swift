internal import ArgumentParser
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
        [ranks.map(String.init), launchOptions.launcher, "\(launchOptions.oversubscribe)"]
    }

    /// - Throws: `UsageError` for a number that is none, and for options that nothing belongs to.
    func apply(to settings: inout CoreSettings) throws(UsageError) {
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
            "What starts ranks; mpirun -n {ranks} unless given.", valueName: "command",
            visibility: .hidden))
    var launcher: String?

    @Flag(help: ArgumentHelp("Let ranks share cores.", visibility: .hidden))
    var oversubscribe = false

    /// - Throws: `UsageError` for an option that no rank would heed.
    func apply(to settings: inout CoreSettings, hasRanks: Bool) throws(UsageError) {
        guard hasRanks || (launcher == nil && !oversubscribe) else {
            throw UsageError(
                "\(launcher == nil ? "--oversubscribe" : "--launcher") is for ranks, and there are "
                    + "none: give --ranks 2 too, or leave it out")
        }
        settings.launcher = launcher
        settings.version = sourceVersion
        settings.machine.oversubscribes = oversubscribe
    }
}
