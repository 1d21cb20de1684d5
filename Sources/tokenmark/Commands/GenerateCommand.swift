internal import ArgumentParser
internal import Qwen
internal import Suite

/// `tokenmark generate`: continues a prompt.
struct GenerateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Continues a prompt with a trained model.",
        discussion: """
            The text goes to stdout as it comes, times to stderr. It ends at the model's end token \
            or after --max-new-tokens. Greedy unless --temperature is given.

            \(GenerationOptions.fileText)

            With --chat the prompt is a message to a chat model. \(ChatOptions.templateText)

            Example: tokenmark generate --weights model.gguf --prompt "The capital of France is"
            """
    )

    @Option(help: ArgumentHelp("The text to go on from.", valueName: "text"))
    var prompt: String

    @Flag(help: "Take <|im_start|> and the like in the prompt as the tokens they name.")
    var specials = false

    @Flag(help: "Take the prompt as a message, and write it with the model's chat template.")
    var chat = false

    @OptionGroup(title: "Chat") var chatOptions: ChatOptions
    @OptionGroup(title: "Generation") var generationOptions: GenerationOptions
    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    func run() throws {
        try generationOptions.check()
        try checkChat()
        let source = try modelOptions.settings(on: machineOptions).source()
        let tokenizer = try source.tokenizer("to generate text")
        let defaults = try source.generationForAnswers()
        let (tokens, endTokens) = try promptTokens(source, tokenizer, defaults)
        let loaded = try LoadedModel(
            source, cache: modelOptions.kvCache, execution: machineOptions.settings.execution())
        loaded.sayNote()
        try generate(loaded, tokenizer, tokens, endTokens, defaults)
    }

    private func checkChat() throws(UsageError) {
        guard !prompt.isEmpty else {
            throw UsageError("--prompt is empty; give at least one character")
        }
        guard chat || !chatOptions.isGiven else {
            throw UsageError(
                "--system, --chat-template and --thinking are for a chat; give --chat too")
        }
        guard !chat || !specials else {
            throw UsageError("--specials: a message of a chat is text; leave out one of the two")
        }
    }

    /// The tokens to go on from, and those that end the answer.
    private func promptTokens(
        _ source: ModelSource, _ tokenizer: Tokenizer, _ defaults: GenerationConfiguration
    ) throws -> (tokens: [Int], endTokens: Set<Int>) {
        guard chat else {
            return (
                try tokenizer.promptTokens(prompt, recognisesSpecials: specials),
                tokenizer.endTokens.union(defaults.endTokens)
            )
        }
        var conversation = try chatOptions.conversation(
            source, tokenizer, window: .max, endTokens: defaults.endTokens)
        return (try conversation.ask(prompt).tokens, conversation.endTokens)
    }

    private func generate(
        _ loaded: LoadedModel, _ tokenizer: Tokenizer, _ prompt: [Int], _ endTokens: Set<Int>,
        _ defaults: GenerationConfiguration
    ) throws {
        let limit = generationOptions.limit(
            defaults, promptLength: prompt.count,
            room: loaded.model.configuration.maximumPositions - prompt.count)
        let session = try Session(
            model: loaded.model, batch: 1, capacity: prompt.count + limit,
            availableBytes: loaded.availableBytes)
        var text = StreamedText(tokenizer)
        Interruption.listen()
        let generation = try Generation(
            session, prompts: [prompt],
            options: generationOptions.sampling(defaults, seed: modelOptions.seed),
            endTokens: endTokens, limit: limit,
            isCancelled: { Interruption.isRequested },
            take: { _, token in try Terminal.output(text.append(token)) })
        try Terminal.output(text.finish() + "\n")
        Terminal.error(Self.timesText(generation.stamps, promptLength: prompt.count))
        if Interruption.isRequested { throw Interruption.exitStatus }
    }

    /// TTFT and the rate of the tokens after the first, by their definitions in the README.
    private static func timesText(_ stamps: [UInt64], promptLength: Int) -> String {
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
