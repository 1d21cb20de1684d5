internal import ArgumentParser
internal import Documents
internal import Evaluation
internal import Foundation
internal import Measurement
internal import Qwen
internal import Sweep

/// `tokenmark run`: the documents' driver, with their `config.ini`.
struct RunCommand: ParsableCommand {
    enum Task: String, ExpressibleByArgument, CaseIterable {
        case performance
        case inference
        case precision
    }

    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the documents' driver from a config.ini.",
        discussion: """
            Sections, keys and defaults are theirs; where code and documents of theirs disagree \
            (max_len_exp: 11 or 10), the documents' 10 is taken. [model] model_path names a Hugging \
            Face directory, a GGUF file or a packed file; left empty, the weights are random in the \
            shape of [performance] model_name. batch_size may be a list. perf_mode = detail needs \
            TIMEIT=1, as theirs does.

            The task inference prints answers: after a prompt to warm up, one prompt alone and two \
            at once, greedy with a repetition penalty of 1.1, \(InferenceDemo.newTokens) new tokens \
            (or as the directory's generation_config.json says), with their times:
            \(AnswerTimes.definitions)

            The task precision asks the questions of C-Eval or MMLU that lie in data/dev and data/val of \
            [precision] work_dir, and writes answers and accuracies to its test_result. A run that was \
            cut off goes on; delete test_result to begin anew.

            Example: TIMEIT=1 tokenmark run --config config.ini --task performance
            """
    )

    @Option(help: ArgumentHelp("The configuration.", valueName: "file"))
    var config = "config.ini"

    @Option(help: "What to do: performance, inference or precision.")
    var task: Task = .performance

    @Option(
        help: """
            Precision of weights and activations: f32, bf16, int8 or int4; bf16, or that of the \
            packed file, unless given.
            """)
    var precision: Precision?

    @Option(
        help: "Precision of the KV cache: f32, bf16 or int8; bf16, or f32 for f32, unless given.")
    var kvCache: CachePrecision?

    @Option(help: "Where random weights and prompts start from.")
    var seed: UInt64 = 0

    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    @Option(help: ArgumentHelp("Where the report goes.", valueName: "directory"))
    var reportDir: String?

    @Option(
        help: ArgumentHelp(
            "Go on with a report that was cut off: measure what is missing.",
            valueName: "directory"))
    var resume: String?

    @OptionGroup var progressOptions: ProgressOptions

    func run() throws {
        let configuration = try readConfiguration()
        switch task {
        case .performance: try measure(configuration)
        case .inference: try infer(configuration)
        case .precision: try examine(configuration)
        }
    }

    private func examine(_ configuration: DriverConfiguration) throws {
        let directory = configuration.workDirectory.isEmpty ? "." : configuration.workDirectory
        let (source, tokenizer) = try trainedModel(configuration, "to answer questions")
        let shape = source.configuration
        guard shape.maximumPositions > configuration.answerTokens else {
            throw UsageError(
                "seq_len_out = \(configuration.answerTokens) leaves no room for a prompt: "
                    + "\(shape.name) sees \(shape.maximumPositions) tokens")
        }
        let sets = try QuestionSet.read(
            configuration.exam, in: directory, shots: configuration.shots)
        try PrecisionTask(
            loaded: settings(configuration).load(source), tokenizer: tokenizer,
            exam: configuration.exam, sets: sets,
            directory: directory, batch: configuration.questionBatch,
            newTokens: configuration.answerTokens, isQuiet: progressOptions.quiet
        ).run()
    }

    private func infer(_ configuration: DriverConfiguration) throws {
        let (source, tokenizer) = try trainedModel(configuration, "to generate text")
        try InferenceDemo(
            loaded: settings(configuration).load(source), tokenizer: tokenizer,
            defaults: source.generation(), seed: seed
        ).run()
    }

    /// The model that a task which needs words names, not loaded yet, and its tokenizer, wanted for
    /// `purpose`.
    private func trainedModel(
        _ configuration: DriverConfiguration, _ purpose: String
    ) throws -> (ModelSource, Tokenizer) {
        guard reportDir == nil, resume == nil else {
            throw UsageError(
                "--task \(task.rawValue) writes no report: leave out --report-dir and --resume")
        }
        guard !configuration.modelPath.isEmpty else {
            throw UsageError(
                "\(config) names no weights: --task \(task.rawValue) needs those of a trained model "
                    + "in [model] model_path")
        }
        for warning in configuration.warnings { Terminal.error("warning: \(warning)\n") }
        let source = try settings(configuration).source()
        let tokenizer = try source.tokenizer(purpose)
        try source.configuration.checkKnows(tokenizer)
        return (source, tokenizer)
    }

    private func measure(_ configuration: DriverConfiguration) throws {
        if configuration.perfMode == .detail, try Timeit.read() != .on {
            throw UsageError(
                "perf_mode = detail needs timing points: run it as TIMEIT=1 tokenmark run …")
        }
        let grid = Grid(
            batches: configuration.batchSizes,
            pairs: try configuration.cases,
            seed: seed,
            method: configuration.perfMode == .detail ? .detail : .normal,
            stampsSteps: try Timeit.read() != .off)
        var gridRun = GridRun(
            plan: try grid.expand(), commandLine: CommandLine.arguments,
            settings: try settings(configuration),
            destination: try ReportDestination(reportDir: reportDir, resume: resume),
            progress: progressOptions.view())
        gridRun.warnings = configuration.warnings
        gridRun.documentsName =
            configuration.saveFileName.isEmpty ? nil : configuration.saveFileName
        try gridRun.run()
    }

    private func readConfiguration() throws -> DriverConfiguration {
        guard let data = FileManager.default.contents(atPath: config) else {
            throw UsageError("\(config) cannot be read; give its path with --config")
        }
        do {
            return try DriverConfiguration(
                IniFile(parsing: String(decoding: data, as: UTF8.self)))
        } catch let error as IniError {
            throw UsageError("\(config), \(error)")
        } catch let error as DriverConfigurationError {
            throw UsageError("\(config), \(error)")
        }
    }

    /// The documents write `qwen_7b` where the presets are called `qwen-7b`.
    private func settings(_ configuration: DriverConfiguration) throws -> WorkerSettings {
        var settings = WorkerSettings(machineOptions)
        settings.precision = precision
        settings.kvCache = kvCache
        settings.seed = seed
        settings.pinsThreads = configuration.bindsCPU
        if !configuration.modelPath.isEmpty {
            settings.weights = configuration.modelPath
        } else if !configuration.modelName.isEmpty {
            settings.model = configuration.modelName.replacing("_", with: "-")
        } else {
            throw UsageError(
                "\(config) names no model: set [model] model_path to a directory or file, or "
                    + "[performance] model_name to a shape such as qwen-7b")
        }
        return settings
    }
}
