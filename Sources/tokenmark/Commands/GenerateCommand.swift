internal import ArgumentParser
internal import Measurement
internal import Qwen

/// `tokenmark generate`: continues a prompt.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Continues a prompt with a trained model.",
        discussion: """
            The text goes to stdout as it comes, times to stderr. It ends at the model's end token \
            or after --max-new-tokens. Greedy unless --temperature is given.

            Example: tokenmark generate --weights model.gguf --prompt "The capital of France is"
            """
    )

    @Option(help: ArgumentHelp("The text to go on from.", valueName: "text"))
    var prompt: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Tokens to generate at most.", valueName: "n"))
    var maxNewTokens = 128

    @Option(parsing: .unconditional, help: "Divides the logits before a draw; 0 is greedy.")
    var temperature: Float = 0

    @Option(
        parsing: .unconditional, help: "Draw from the k most probable tokens only; 0 takes all.")
    var topK = 0

    @Option(help: "Draw from the most probable tokens that reach this share; 1 takes all.")
    var topP: Float = 1

    @Option(help: "Above 1 makes tokens of the text so far less probable.")
    var repetitionPenalty: Float = 1

    @Flag(help: "Take <|im_start|> and the like in the prompt as the tokens they name.")
    var specials = false

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    func run() throws {
        guard maxNewTokens > 0 else {
            throw UsageError("--max-new-tokens \(maxNewTokens) is not a number of 1 or more")
        }
        var options = SamplingOptions()
        options.temperature = temperature
        options.topK = topK
        options.topP = topP
        options.repetitionPenalty = repetitionPenalty
        options.seed = modelOptions.seed
        try options.validate()
        let source = try WorkerSettings(modelOptions, machineOptions).source()
        let tokenizer = try source.tokenizer("to generate text")
        let ids = try promptTokens(tokenizer)
        let loaded = try LoadedModel(
            source, cache: modelOptions.kvCache, execution: machineOptions.execution())
        try generate(loaded, tokenizer, ids, options)
    }

    private func promptTokens(_ tokenizer: Tokenizer) throws -> [Int32] {
        var ids = try tokenizer.encode(prompt, recognisesSpecials: specials)
        if tokenizer.addsBeginToken, let begin = tokenizer.beginToken { ids.insert(begin, at: 0) }
        guard !ids.isEmpty else {
            throw UsageError("--prompt is empty; give at least one character")
        }
        return ids.map { Int32($0) }
    }

    private func generate(
        _ loaded: LoadedModel, _ tokenizer: Tokenizer, _ prompt: [Int32],
        _ options: SamplingOptions
    ) throws {
        let vocabularySize = loaded.model.configuration.vocabularySize
        guard tokenizer.vocabularySize <= vocabularySize else {
            throw UsageError(
                "the file's tokenizer has \(tokenizer.vocabularySize) tokens and its model only "
                    + "\(vocabularySize)")
        }
        var sampler = try Sampler(options, vocabularySize: vocabularySize)
        for token in prompt { sampler.observe(Int(token)) }
        let session = try Session(
            model: loaded.model, batch: 1, capacity: prompt.count + maxNewTokens,
            availableBytes: loaded.availableBytes)
        session.start(promptLengths: [prompt.count])
        var decoder = IncrementalDecoder(tokenizer)
        var stamps = [Clock.now()]
        prompt.withUnsafeBufferPointer { session.stagePrompts($0) }
        Interruption.listen()
        while !Interruption.isRequested {
            session.forward()
            let token = try sampler.next(session.logits(0))
            stamps.append(Clock.now())
            if tokenizer.endTokens.contains(token) || stamps.count > maxNewTokens {
                if !tokenizer.endTokens.contains(token) {
                    Terminal.output(try text(of: token, tokenizer, &decoder))
                }
                break
            }
            Terminal.output(try text(of: token, tokenizer, &decoder))
            var next = Int32(token)
            withUnsafePointer(to: &next) {
                session.stageTokens(UnsafeBufferPointer(start: $0, count: 1))
            }
        }
        Terminal.output(decoder.finish() + "\n")
        Terminal.error(Self.timesText(stamps, promptLength: prompt.count))
        if Interruption.isRequested { throw ExitStatus.interrupted }
    }

    /// The text of one token.
    ///
    /// The model may have rows beyond its tokenizer's vocabulary.
    private func text(
        of token: Int, _ tokenizer: Tokenizer, _ decoder: inout IncrementalDecoder
    ) throws(QwenError) -> String {
        token < tokenizer.vocabularySize ? try decoder.append(token) : ""
    }

    /// TTFT and the rate of the tokens after the first, by their definitions in the README.
    private static func timesText(_ stamps: [UInt64], promptLength: Int) -> String {
        guard stamps.count > 1 else { return "" }
        let ttft = Double(stamps[1] - stamps[0]) / 1e6
        var text = "\(promptLength) prompt tokens, TTFT \(rounded(ttft)) ms"
        let gaps = stamps.count - 2
        if gaps > 0 {
            let rate = Double(gaps) / (Double(stamps[stamps.count - 1] - stamps[1]) / 1e9)
            text += "; \(gaps) tokens after the first, \(rounded(rate)) tokens/s"
        }
        return text + "\n"
    }

    private static func rounded(_ value: Double) -> Double {
        (value * 100).rounded() / 100
    }
}
