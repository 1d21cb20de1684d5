internal import ArgumentParser
internal import Qwen
internal import Reporting
internal import Sweep

/// `tokenmark sweep`: measures a grid and writes a report.
struct SweepCommand: ResumableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sweep",
        abstract: "Measures a grid of batch × input × output and writes a report.",
        discussion: """
            Prompts are random token ids and generation never stops early. One warm-up at the \
            largest sizes comes first. The documents' table goes to stdout, the report to \
            reports/<time>-<model>-<precision>. With the environment variable TIMEIT=0 only whole \
            calls are timed. A list given to --threads, --cpus, --numa or --isa is a further axis.

            Example: tokenmark sweep --model qwen1.5-0.5b --batch 1,2,4 --pairs 128x32,256x32
            To be sure: add --until-ci 2% --interleave
            To go on after Ctrl-C or a crash: tokenmark sweep --resume reports/<directory>
            """
    )

    @OptionGroup(title: "Grid") var gridOptions: GridOptions
    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineAxesOptions

    @Option(help: ArgumentHelp("Where the report goes.", valueName: "directory"))
    var reportDir: String?

    @Option(
        help: ArgumentHelp(
            "Go on with a report that was cut off: measure what is missing.",
            discussion: "What was asked is in the directory; no other option is needed.",
            valueName: "directory"))
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "With --resume: also try again what came out as crash, oom, timeout, failed or skipped.",
            valueName: "list"))
    var retry: RetryChoice?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "End a cell that takes longer, and go on with the next.", valueName: "seconds"))
    var cellTimeout: Double?

    @Flag(
        help: ArgumentHelp(
            "Run the cells in this process.",
            discussion: "Without it a cell that crashes or fills the memory ends only its worker."))
    var inProcess = false

    @Flag(
        inversion: .prefixedNo,
        help: ArgumentHelp(
            "Measure the machine's roof beside every repetition.",
            discussion: "Without it the mbu and mfu of summary.csv stay empty."))
    var roof = true

    @OptionGroup var progressOptions: ProgressOptions

    @Flag(help: "Print the plan and stop.")
    var dryRun = false

    /// What a sweep is asked to measure.
    struct Request: Equatable {
        var grid: Grid
        let settings: WorkerSettings
        let isIsolated: Bool
    }

    func request() throws -> Request {
        var grid = try gridOptions.resolve(
            seed: modelOptions.seed, stampsSteps: Timeit.read() != .off)
        grid.machine = try machineOptions.axes()
        if inProcess, grid.machine.settings.count > 1 {
            throw UsageError(
                "--in-process cannot change threads, cores, policy or instructions on the way; "
                    + "leave it out, or give one value each")
        }
        if inProcess, grid.restartsEveryRound {
            throw UsageError("--fresh-workers needs workers: leave --in-process out")
        }
        var settings = WorkerSettings(modelOptions, try machineOptions.base())
        settings.measuresRoof = roof
        return Request(grid: grid, settings: settings, isIsolated: !inProcess)
    }

    func run() throws {
        let destination = try ReportDestination(reportDir: reportDir, resume: resume, retry: retry)
        let earlier = try resume.flatMap { try EarlierCommand(in: $0) }
        if let resume, earlier == nil, gridOptions.namesNoCells {
            throw UsageError(
                "--resume \(resume) has no manifest.json: there is nothing to go on with; give the "
                    + "directory of a report, or begin one there with --model and --pairs")
        }
        let asked = try earlier?.command(SweepCommand.self) ?? self
        let cellTimeout = cellTimeout ?? asked.cellTimeout
        if let cellTimeout, !(cellTimeout > 0 && cellTimeout < 1e9) {
            throw UsageError("--cell-timeout \(cellTimeout) is not a number of seconds above 0")
        }
        var request = try asked.request()
        if let earlier {
            request.grid.stampsSteps = try Timeit.keep(
                earlier.manifest.grid.stampsSteps, of: earlier.path)
        }
        let plan = try request.grid.expand()
        if dryRun {
            try Terminal.output(PlanText(plan, settings: request.settings).text)
            return
        }
        try GridRun(
            plan: plan, commandLine: CommandLine.arguments, settings: request.settings,
            destination: destination, isIsolated: request.isIsolated, cellTimeout: cellTimeout,
            progress: progressOptions.view()
        ).run()
    }
}
