internal import ArgumentParser
internal import Basics
internal import Machine
internal import Measurement
internal import Profiling
internal import Qwen
internal import Reporting
internal import Suite
internal import Sweep

/// `tokenmark profile`: where the time of one cell goes, operator by operator.
struct ProfileCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "profile",
        abstract: "Says where the time of one cell goes: which operator, how near the roof.",
        discussion: """
            Every thread stamps the start and the end of its share of every operator, and when the \
            barrier behind it lets it go. Prefill and decode have a table each; operators, barriers, \
            dispatch and host add up to the phase, and what they miss is the row "remainder". Calls \
            with and without recording take turns, so that what recording costs is known too. The \
            table goes to stdout, all files to reports/<time>-<model>-<precision>-profile: the tables, \
            profile.html with roofline, flame graph and counters, trace.json for ui.perfetto.dev, \
            flame.folded for tools that read stacks.

            csv and jsonl have one table: operators, or roofline. With --report-dir, --output names a \
            file for what else goes to stdout; without it, it names the directory, as it once did.

            Example: tokenmark profile --model qwen1.5-0.5b --precision int8 --batch 1 --pairs 512x64
            """
    )

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Sequences answered in lock step.", valueName: "n"))
    var batch = 1

    @Option(help: ArgumentHelp("Input and output length, such as 512x64.", valueName: "pair"))
    var pairs: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Pairs of calls, one recorded and one not.", valueName: "n"))
    var repetitions = 3

    @Flag(help: "Give each layer rows of its own.")
    var layers = false

    @Flag(
        help: """
            Print the stacks of flame.folded, operator and kernel, in place of the tables, for \
            tools that draw flame graphs.
            """)
    var flame = false

    @Option(
        help: ArgumentHelp("Where the profile goes.", valueName: "directory"),
        completion: .directory)
    var reportDir: String?

    @OptionGroup var formatOptions: FormatOptions
    @OptionGroup var labelOptions: LabelOptions

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions
    @OptionGroup var progressOptions: ProgressOptions

    func run() throws {
        let plan = try Grid(batches: [batch], pairs: cell()).expand()
        let point = plan.points[0]
        guard (1...1000).contains(repetitions) else {
            throw UsageError("--repetitions \(repetitions) is not in 1…1000")
        }
        let choice = try formatOptions.choice(of: ReportDocument.profileTables)
        guard !flame || choice.format == .text else {
            throw UsageError(
                "--flame prints stacks, --format \(choice.format.name) tables: leave out one of "
                    + "them")
        }
        let labels = try labelOptions.labels
        var result = formatOptions
        if reportDir == nil { result.output = nil }
        let path = reportDir ?? formatOptions.output
        if let path { try ReportDirectory.checkVacant(path) }
        let progress = progressOptions.view()
        defer { progress.end() }
        if BuildConfiguration.isDebug {
            progress.report(.warning("this is a debug build: its times are worth nothing"))
        }
        let machine = MachineDescription.read()
        progress.note("loading weights")
        let start = Clock.now()
        let loaded = try modelOptions.settings(on: machineOptions).load()
        let facts = try RunFacts(loaded, loadSeconds: Double(Clock.now() - start) / 1e9)
        for warning in facts.warnings { progress.report(.warning(warning)) }
        let engine = QwenEngine(loaded, facts, measuresRoof: true)

        Interruption.listen()
        var manifest = Manifest(
            toolVersion: ToolVersion.current, commandLine: CommandLine.arguments,
            buildConfiguration: BuildConfiguration.name, engine: engine.identity,
            fingerprint: engine.fingerprint, grid: plan.grid)
        manifest.labels = labels
        try manifest.set("machine", to: machine)
        try facts.write(to: &manifest)
        let outcome: ProfileRun.Outcome
        do {
            outcome = try ProfileRun(
                engine, at: point, seed: modelOptions.seed, repetitions: repetitions,
                caller: .user(progress)
            ).run()
        } catch is NothingMeasured {
            throw Interruption.exitStatus
        } catch let cell as UnrunnablePoint {
            throw UsageError(cell.reason)
        }
        manifest.status = outcome.pairs.count < repetitions ? .interrupted : .completed
        manifest.finishedAt = Timestamp.now.iso8601
        let profile = Profile(
            manifest: manifest, recording: outcome.recording, pairs: outcome.pairs,
            spanNanoseconds: outcome.spanNanoseconds, isPerLayer: layers)
        let directory = try ProfileDirectory(
            path: path ?? ReportDirectory.defaultPath(in: "reports", for: engine.identity)
                + "-profile")
        let kernels = engine.model.kernelNames
        try directory.write(profile)
        try directory.write(profile, kernels: kernels, meter: outcome.meter)
        progress.end()
        if flame {
            try result.give(FlameGraph(profile.recording, kernels: kernels).folded)
        } else {
            let document = ReportDocument(profile) {
                ProfilePage(profile, kernels: kernels, additions: [.counters(outcome.meter.phases)])
                    .page
            }
            try result.give(document, as: choice)
            if choice.format == .text {
                try Terminal.output("\nProfile: \(directory.path)\n")
            }
        }
        if manifest.status == .interrupted { throw Interruption.exitStatus }
    }

    /// The one pair of lengths.
    private func cell() throws -> [LengthPair] {
        let list = try ListText.pairs(pairs)
        guard list.count == 1 else {
            throw UsageError(
                "--pairs \(pairs): a profile is of one cell; give one pair such as 512x64")
        }
        return list
    }
}
