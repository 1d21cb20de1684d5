internal import ArgumentParser
internal import Basics
internal import Qwen
internal import Reporting
internal import Suite
internal import Sweep

/// `tokenmark sweep`: measures a grid and writes a report.
struct SweepCommand: ResumableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Measures a grid of batch × input × output and writes a report.",
        discussion: """
            Prompts are random token ids and generation never stops early, unless --prompts or lengths \
            that differ say otherwise. One warm-up at the largest sizes comes first, then seven rounds \
            of all cells, and more of those that are not known well. Medians, how sure they are and \
            whether they may be used go to stdout, the report to reports/<time>-<model>-<precision>. \
            With the environment variable TIMEIT=0 only whole calls are timed. A list given to \
            --threads, --cpus, --numa, --isa or --kv-cache is a further axis.

            Example: tokenmark sweep --model qwen1.5-0.5b --batch 1,2,4 --pairs 128x32,256x32
            For a first look: add --effort quick
            To go on after Ctrl-C or a crash: tokenmark sweep --resume reports/<directory>
            More options, for grids, machines and how it is measured: tokenmark sweep --help-hidden
            """
    )

    @OptionGroup(title: "Grid") var gridOptions: GridOptions
    @OptionGroup(title: "Model") var weightOptions: WeightOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineAxesOptions

    @Option(
        help: ArgumentHelp("Where the report goes.", valueName: "directory"),
        completion: .directory)
    var reportDir: String?

    @Option(
        help: ArgumentHelp(
            "Go on with a report that was cut off: measure what is missing.",
            discussion: "What was asked is in the directory; no other option is needed.",
            valueName: "directory"),
        completion: .directory)
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "With --resume: also try again what came out as crash, oom, timeout, failed or skipped.",
            valueName: "list", visibility: .hidden))
    var retry: RetryChoice?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End a cell that takes longer, and go on with the next.", valueName: "seconds",
            visibility: .hidden))
    var cellTimeout: Seconds?

    @Flag(
        help: ArgumentHelp(
            "Run the cells in this process.",
            discussion: "Without it a cell that crashes or fills the memory ends only its worker.",
            visibility: .hidden))
    var inProcess = false

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Measure the machine's roof beside every repetition.",
            discussion: "Without it the mbu and mfu of summary.csv stay empty.", visibility: .hidden
        ))
    var roof = true

    @Option(
        help: ArgumentHelp(
            "Kept in the report, and what a history selects by: branch=main; can be given again.",
            valueName: "key=value", visibility: .hidden))
    var label: [String] = []
    @Option(
        help: ArgumentHelp(
            "A shell command that prints the watts that the machine takes, run once a second.",
            discussion: """
                Such as 'ipmitool dcmi power reading'; unless given, the counters of the CPUs' packages \
                are read, where the machine has them.
                """,
            valueName: "command", visibility: .hidden))
    var powerCommand: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Where random weights and prompts start from.", visibility: .hidden))
    var seed: UInt64 = 0

    @OptionGroup var progressOptions: ProgressOptions

    @Option(
        help: ArgumentHelp(
            "Of tables, page and terminal: en or zh.",
            discussion: "en unless given, and zh over en in tables.md.", valueName: "language",
            visibility: .hidden))
    var language: Language?

    @Flag(help: ArgumentHelp("Print the plan and stop.", visibility: .hidden))
    var dryRun = false

    /// What a sweep is asked to measure.
    struct Request: Equatable {
        var grid: Grid
        let settings: CoreSettings
        let isIsolated: Bool
        /// What the user should know of what was asked, one line each.
        let notes: [String]
    }

    func request() throws -> Request {
        var settings = weightOptions.settings(
            on: try machineOptions.base(), cache: try machineOptions.baseCache(), seed: seed)
        settings.measuresRoof = roof
        try machineOptions.launchOptions.apply(
            to: &settings, hasRanks: machineOptions.ranks != nil)
        var notes: [String] = []
        var grid = try gridOptions.resolve(
            seed: seed, stampsSteps: Timeit.read() != .off,
            listed: {
                let (prompts, found) = try settings.prompts(of: $0, outputLength: $1)
                notes = found
                return prompts
            })
        grid.settings = try machineOptions.axes()
        if inProcess, grid.settings.settings.count > 1 {
            throw UsageError(
                "--in-process cannot change threads, cores, policy, instructions or cache on the way; "
                    + "leave it out, or give one value each")
        }
        let ranks = settings.machine.rankCount
        if inProcess, ranks > 1 {
            throw UsageError("--ranks \(ranks) needs as many processes: leave --in-process out")
        }
        if inProcess, grid.restartsEveryRound {
            throw UsageError(
                gridOptions.freshWorkers
                    ? "--fresh-workers needs workers: leave --in-process out"
                    : "--effort thorough needs workers: leave --in-process out, or give "
                        + "--until-ci 2% --interleave in its place")
        }
        return Request(
            grid: grid, settings: settings, isIsolated: !inProcess, notes: notes)
    }

    func run() throws {
        try run(as: CommandLine.arguments)
    }

    /// Runs it as what a command line asked for.
    ///
    /// - Returns: the directory of the report; nil under `--dry-run`.
    @discardableResult
    func run(as commandLine: [String]) throws -> String? {
        let labels = try label.isEmpty ? nil : Labels.given(label)
        let destination = try ReportDestination(reportDir: reportDir, resume: resume, retry: retry)
        let earlier = try resume.flatMap { try EarlierCommand(in: $0) }
        if let resume, earlier == nil, gridOptions.namesNoCells {
            throw UsageError(
                "--resume \(resume) has no manifest.json: there is nothing to go on with; give the "
                    + "directory of a report, or begin one there with --model and --pairs")
        }
        let asked = try earlier?.command(SweepCommand.self) ?? self
        let cellTimeout = (cellTimeout ?? asked.cellTimeout)?.value
        var request = try asked.request()
        if let earlier {
            // As it was asked then: what the words mean by themselves may have changed.
            let prompts = request.grid.prompts
            request.grid = earlier.manifest.grid
            // The report has a mark of them alone.
            guard request.grid.prompts == prompts else {
                throw UsageError(
                    "--prompts \(asked.gridOptions.prompts ?? ""): the file has other prompts than "
                        + "when \(earlier.path) was begun; begin another report")
            }
            request.grid.prompts = prompts
            request.grid.stampsSteps = try Timeit.keep(
                earlier.manifest.grid.stampsSteps, of: earlier.path)
        }
        let plan = try request.grid.expand()
        if dryRun {
            try Terminal.output(PlanText(plan, settings: request.settings).text)
            return nil
        }
        let progress = progressOptions.view()
        var run = SweepRun(
            plan,
            CoreProvider(
                request.settings, isIsolated: request.isIsolated, pointTimeout: cellTimeout),
            to: destination, caller: .user(progress, as: commandLine, labels: labels))
        run.warnings = request.notes
        let language = language ?? asked.language
        run.language = language
        let powerCommand = powerCommand ?? asked.powerCommand
        run.energyMeter = { try MachineEnergy(command: powerCommand) }
        return try run.runAndPrint(progress) { $0.resultsText(in: language ?? .en) }
    }
}
