internal import ArgumentParser
internal import Basics
internal import Machine
internal import Measurement
internal import Profiling
internal import Qwen
internal import Reporting
internal import Sweep

/// `tokenmark profile`: where the time of one cell goes, operator by operator.
struct ProfileCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case json
        case csv
    }

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

    @Option(help: ArgumentHelp("text, json or csv.", valueName: "format"))
    var format: Format = .text

    @Option(help: ArgumentHelp("Where the profile goes.", valueName: "directory"))
    var output: String?

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions
    @OptionGroup var progressOptions: ProgressOptions

    func run() throws {
        let plan = try Grid(batches: [batch], pairs: cell()).expand()
        let point = plan.points[0]
        guard (1...1000).contains(repetitions) else {
            throw UsageError("--repetitions \(repetitions) is not in 1…1000")
        }
        guard !flame || format == .text else {
            throw UsageError(
                "--flame prints stacks, --format \(format.rawValue) tables: leave out one of them")
        }
        if let output { try ReportDirectory.checkVacant(output) }
        let progress = progressOptions.view()
        defer { progress.end() }
        if BuildConfiguration.isDebug {
            progress.report(.warning("this is a debug build: its times are worth nothing"))
        }
        let machine = MachineDescription.read()
        progress.note("loading weights")
        let start = Clock.now()
        let loaded = try WorkerSettings(modelOptions, machineOptions).load()
        let facts = try RunFacts(loaded, loadSeconds: Double(Clock.now() - start) / 1e9)
        for warning in facts.warnings { progress.report(.warning(warning)) }
        let engine = QwenEngine(loaded, measuresRoof: true)

        Interruption.listen()
        var manifest = Manifest(
            toolVersion: ToolVersion.current, commandLine: CommandLine.arguments,
            buildConfiguration: BuildConfiguration.name, engine: engine.identity, grid: plan.grid)
        try manifest.set("machine", to: machine)
        try facts.write(to: &manifest)
        let outcome: ProfileRun.Outcome
        do {
            outcome = try ProfileRun(
                engine: engine, point: point, seed: modelOptions.seed, repetitions: repetitions,
                progress: progress
            ).run()
        } catch let cell as UnrunnablePoint {
            throw UsageError(cell.reason)
        }
        manifest.status = outcome.pairs.count < repetitions ? .interrupted : .completed
        manifest.finishedAt = Timestamp.now.iso8601
        let profile = Profile(
            manifest: manifest, recording: outcome.recording, pairs: outcome.pairs,
            spanNanoseconds: outcome.spanNanoseconds, isPerLayer: layers)
        let directory = try ProfileDirectory(
            path: output ?? ReportDirectory.defaultPath(in: "reports", for: engine.identity)
                + "-profile")
        try directory.write(profile)
        try directory.write(
            profile, kernels: engine.model.kernelNames, meter: outcome.meter)
        progress.end()
        switch format {
        case .text where flame:
            let graph = FlameGraph(profile.recording, kernels: engine.model.kernelNames)
            try Terminal.output(graph.folded)
        case .text: try Terminal.output(profile.text + "\nProfile: \(directory.path)\n")
        case .json: try Terminal.output(profile.json())
        case .csv: try Terminal.output(profile.operatorsCSV)
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
