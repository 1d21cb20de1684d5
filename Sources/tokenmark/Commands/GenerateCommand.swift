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
    @OptionGroup(title: "Machine") var rankOptions: RankOptions

    func run() throws {
        try generationOptions.check()
        try checkChat()
        var settings = modelOptions.settings(on: machineOptions)
        try rankOptions.apply(to: &settings)
        let source = try settings.source()
        let tokenizer = try source.tokenizer("to generate text")
        let defaults = try source.generationForAnswers()
        let (tokens, endTokens) = try promptTokens(source, tokenizer, defaults)
        let model = try settings.answering(source)
        model.sayNotes()
        let limit = generationOptions.limit(
            defaults, promptLength: tokens.count,
            room: source.configuration.maximumPositions - tokens.count)
        try generate(
            model, tokenizer,
            Generation.Request(
                prompts: [tokens],
                options: generationOptions.sampling(defaults, seed: modelOptions.seed),
                endTokens: endTokens, limit: limit))
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
        _ model: any AnsweringModel, _ tokenizer: Tokenizer, _ request: Generation.Request
    ) throws {
        let length = request.prompts[0].count
        try model.open(batch: 1, capacity: length + request.limit)
        var text = StreamedText(tokenizer)
        Interruption.listen()
        let generation = try model.generate(
            request, isCancelled: { Interruption.isRequested },
            take: { _, token in try Terminal.output(text.append(token)) })
        try Terminal.output(text.finish() + "\n")
        Terminal.error(Self.timesText(generation.stamps, promptLength: length))
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
