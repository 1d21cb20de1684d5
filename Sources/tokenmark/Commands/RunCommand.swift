internal import ArgumentParser
internal import Basics
internal import Documents
internal import Evaluation
internal import Foundation
internal import Machine
internal import Measurement
internal import Qwen
internal import Reporting
internal import Suite
internal import Sweep
internal import Texts

/// `tokenmark run`: the documents' driver, with their `config.ini`.
struct RunCommand: ResumableCommand {
    enum Task: String, ExpressibleByArgument, CaseIterable {
        case performance
        case inference
        case precision
    }

    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs the documents' driver from a config.ini.",
        discussion: """
            Sections, keys and defaults are theirs (docs/files.md says what each does here); where code and documents of theirs disagree \
            (max_len_exp: 11 or 10), the documents' 10 is taken. [model] model_path names a Hugging \
            Face directory, a GGUF file or a packed file; left empty, the weights are random in the \
            shape of [performance] model_name, which also names the CSV. batch_size may be a list. perf_mode = detail needs \
            TIMEIT=1, as theirs does.

            The task inference prints answers: after a prompt to warm up, one prompt alone and two \
            at once, greedy with a repetition penalty of 1.1, \(InferenceDemo.newTokens) new tokens \
            (or as the directory's generation_config.json says), with their times:
            \(AnswerTimes.definitions)

            The task precision asks the questions of C-Eval or MMLU that lie in data/dev and data/val of \
            [precision] work_dir, and writes answers and accuracies to its test_result, or to \
            --report-dir. A run that was cut off goes on when it is started again, or with --resume and \
            that folder; delete the folder to begin anew.

            Example: TIMEIT=1 tokenmark run --config config.ini --task performance
            """
    )

    @Option(help: ArgumentHelp("The configuration.", valueName: "file"), completion: .file())
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

    @Option(
        parsing: .unconditional,
        help: "Where random weights and prompts start from.")
    var seed: UInt64 = 0

    @OptionGroup(title: "Machine") var machineOptions: MachineOptions
    @OptionGroup(title: "Machine") var rankOptions: RankOptions

    @Option(
        help: ArgumentHelp("Where the report goes.", valueName: "directory"),
        completion: .directory)
    var reportDir: String?

    @Option(
        help: ArgumentHelp(
            "Go on with a report that was cut off: measure what is missing.",
            discussion:
                "What was asked, the configuration included, is in the directory; no other option is needed.",
            valueName: "directory"),
        completion: .directory)
    var resume: String?

    @Option(
        help: ArgumentHelp(
            "With --resume: also try again what came out as crash, oom, timeout, failed or skipped.",
            valueName: "list"))
    var retry: RetryChoice?

    @Option(
        help: ArgumentHelp(
            "Of the tables and the page of --task performance: zh or en.",
            discussion: "Unless given, zh over en in the tables, and en on the page.",
            valueName: "language"))
    var language: Language?

    @OptionGroup var labelOptions: LabelOptions
    @OptionGroup var progressOptions: ProgressOptions

    /// What the driver is asked to do, but for its configuration.
    struct Request: Equatable {
        let task: Task
        let config: String
        let options: [String?]
    }

    func request() throws -> Request {
        Request(
            task: task, config: config,
            options: [
                precision?.rawValue, kvCache?.rawValue, "\(seed)", machineOptions.cpus,
                machineOptions.threads.map(String.init), machineOptions.numa, machineOptions.isa,
            ] + rankOptions.words)
    }

    func run() throws {
        let labels = try labelOptions.labels
        let destination = try ReportDestination(reportDir: reportDir, resume: resume, retry: retry)
        let earlier = try resume.flatMap { try EarlierCommand(in: $0) }
        let asked = try earlier?.command(RunCommand.self) ?? self
        // The file may be another one by now.
        let text =
            try EarlierCommand.isGiven("--config")
            ? readText() : earlier?.manifest.sections["configuration"]?.text ?? asked.readText()
        var configuration = try asked.configuration(text)
        if let directory = earlier?.manifest.sections["working_directory"]?.text {
            configuration.resolvePaths(in: directory)
        }
        guard asked.task == .performance || retry == nil else {
            throw UsageError(
                "--retry belongs to --task performance: \(asked.task.rawValue) has no cells to try again"
            )
        }
        switch asked.task {
        case .performance:
            let progress = progressOptions.view()
            var run = try asked.sweepRun(
                configuration, text, earlier: earlier, destination,
                .user(progress, labels: labels))
            run.language = language ?? asked.language
            try run.runAndPrint(progress, \.tablesText)
        case .inference: try asked.infer(configuration)
        case .precision:
            try asked.examine(
                configuration, text, in: resume ?? reportDir, labels: labels,
                progressOptions.view())
        }
    }

    /// - Parameter results: where the answers go; nil for the documents' `test_result`.
    private func examine(
        _ configuration: DriverConfiguration, _ text: String, in results: String?,
        labels: Labels?, _ progress: ProgressView
    ) throws {
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
        let results = results ?? "\(directory)/test_result"
        // Before the weights are loaded: that may take minutes.
        let lock = try ReportDirectory.lock(results)
        if let warning = lock.warning { Terminal.error("warning: \(warning)\n") }
        let machine = MachineDescription.read()
        let model = try settings(configuration).answering(source)
        let facts = try model.facts()
        for warning in facts.warnings { Terminal.error("warning: \(warning)\n") }
        let ending = try PrecisionTask(
            model: model, source: source, tokenizer: tokenizer, exam: configuration.exam,
            sets: sets, directory: directory, results: results, batch: configuration.questionBatch,
            newTokens: configuration.answerTokens, caller: .user(progress)
        ).run { (manifest) throws(ReportingError) in
            try manifest.set("machine", to: machine)
            try facts.write(to: &manifest)
            try manifest.set("configuration", to: text)
            manifest.labels = labels
        }
        withExtendedLifetime(lock) {}
        switch ending {
        case .whole(let score):
            for (name, share) in score.classes {
                try Terminal.output(
                    "\(name): \(share.accuracy) (\(share.correct) of \(share.asked))\n")
            }
            try Terminal.output("\nAnswers: \(results)\n")
        case .interrupted(let answered, let total):
            Terminal.error("\(answered) of \(total) questions are answered\n")
            Resumption.advise("run", results)
            throw Interruption.exitStatus
        }
    }

    private func infer(_ configuration: DriverConfiguration) throws {
        guard reportDir == nil, resume == nil, labelOptions.label.isEmpty else {
            throw UsageError(
                "--task inference writes no report: leave out --report-dir, --resume and --label")
        }
        let (source, tokenizer) = try trainedModel(configuration, "to generate text")
        let model = try settings(configuration).answering(source)
        model.sayNotes()
        try InferenceDemo(
            model: model, maximumPositions: source.configuration.maximumPositions,
            tokenizer: tokenizer,
            defaults: source.generationForAnswers(), seed: seed
        ).run { exchanges, times in
            for exchange in exchanges {
                try Terminal.output("prompt: \(exchange.prompt)\nanswer: \(exchange.answer)\n")
            }
            try Terminal.output("batch \(exchanges.count), \(times.text)\n\n")
        }
        try Terminal.output(AnswerTimes.definitions + "\n")
    }

    /// The model that a task which needs words names, not loaded yet, and its tokenizer, wanted for
    /// `purpose`.
    private func trainedModel(
        _ configuration: DriverConfiguration, _ purpose: String
    ) throws -> (ModelSource, Tokenizer) {
        guard !configuration.modelPath.isEmpty else {
            throw UsageError(
                "\(config) names no weights: --task \(task.rawValue) needs those of a trained model "
                    + "in [model] model_path")
        }
        for warning in configuration.warnings { Terminal.error("warning: \(warning)\n") }
        let source = try settings(configuration).source()
        let tokenizer = try source.tokenizer(purpose)
        return (source, tokenizer)
    }

    /// - Parameter earlier: what began the report that is gone on with.
    private func sweepRun(
        _ configuration: DriverConfiguration, _ text: String, earlier: EarlierCommand?,
        _ destination: ReportDestination, _ caller: Caller
    ) throws -> SweepRun {
        if earlier == nil, configuration.perfMode == .detail, try Timeit.read() != .on {
            throw UsageError(
                "perf_mode = detail needs timing points: run it as TIMEIT=1 tokenmark run …")
        }
        let stampsSteps = try earlier.map {
            try Timeit.keep($0.manifest.grid.stampsSteps, of: $0.path)
        }
        let grid = Grid(
            batches: configuration.batchSizes,
            pairs: try configuration.cases,
            seed: seed,
            method: configuration.perfMode == .detail ? .detail : .normal,
            stampsSteps: try stampsSteps ?? (Timeit.read() != .off))
        var run = SweepRun(
            try grid.expand(), CoreProvider(try settings(configuration)), to: destination,
            caller: caller)
        run.warnings = configuration.warnings
        run.energyMeter = { try MachineEnergy() }
        run.sections["configuration"] = .string(text)
        run.documentsName = configuration.saveFileName.isEmpty ? nil : configuration.saveFileName
        run.documentsModel = configuration.modelName.isEmpty ? nil : configuration.modelName
        return run
    }

    private func readText() throws -> String {
        guard let data = FileManager.default.contents(atPath: config) else {
            throw UsageError("\(config) cannot be read; give its path with --config")
        }
        return try PlainText.of(file: [UInt8](data), from: config)
    }

    private func configuration(_ text: String) throws -> DriverConfiguration {
        do {
            return try DriverConfiguration(IniFile(parsing: text))
        } catch let error as IniError {
            throw UsageError("\(config), \(error)")
        } catch let error as DriverConfigurationError {
            throw UsageError("\(config), \(error)")
        }
    }

    /// The documents write `qwen_7b` where the presets are called `qwen-7b`.
    private func settings(_ configuration: DriverConfiguration) throws -> CoreSettings {
        var settings = CoreSettings(on: machineOptions.settings)
        try rankOptions.apply(
            to: &settings,
            devices: configuration.deviceCount > 1 ? configuration.deviceCount : nil)
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
