internal import ArgumentParser
internal import Qwen
internal import Suite

/// `tokenmark chat`: a conversation with a trained model, line by line.
struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Holds a conversation with a trained chat model.",
        discussion: """
            Every line of stdin is a message, in a terminal or from a pipe; /clear forgets the \
            conversation, /exit or the end of stdin ends it. Answers go to stdout as they come, \
            times to stderr. Ctrl-C ends the answer that is being given; between answers, the chat. \
            A message that is refused gets no answer; from a pipe, the exit status is 1 then. \
            Greedy unless --temperature is given.

            \(GenerationOptions.fileText) So do Qwen v1's chat_format, which must be chatml, and \
            max_window_size, the tokens that a prompt has at most.

            \(ChatOptions.templateText)

            Each message is answered with all that was said before; \
            what --max-seq-len has no room for is left out, the oldest turns first. Of each prompt \
            only the tokens are processed that do not stand in the KV cache at the same place: FTL \
            is for these. After each answer, with the tokens of the prompt and how many of them \
            were processed:
            \(AnswerTimes.definitions)

            Example: tokenmark chat --weights model.gguf --system "Answer in Chinese."
            """
    )

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Positions of the KV cache, for conversation and answer; unless given, 2048, or more "
                + "where generation_config.json asks for it, or what the model can have.",
            valueName: "n"))
    var maxSeqLen: Int?

    @OptionGroup(title: "Chat") var chatOptions: ChatOptions
    @OptionGroup(title: "Generation") var generationOptions: GenerationOptions
    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions
    @OptionGroup(title: "Machine") var rankOptions: RankOptions

    func run() throws {
        try generationOptions.check()
        var settings = modelOptions.settings(on: machineOptions)
        try rankOptions.apply(to: &settings)
        let source = try settings.source()
        let tokenizer = try source.tokenizer("to chat")
        let defaults = try source.generationForAnswers()
        try checkFormat(defaults)
        let limit = generationOptions.limit(
            defaults, room: (maxSeqLen ?? most(source.configuration, defaults)) / 2)
        let positions = try positions(source.configuration, limit, defaults)
        let conversation = try chatOptions.conversation(
            source, tokenizer, window: min(positions - limit, defaults.windowSize ?? .max),
            endTokens: defaults.endTokens)
        let model = try settings.answering(source)
        model.sayNotes()
        try model.open(batch: 1, capacity: positions)
        var chat = Chat(
            model: model, tokenizer: tokenizer, conversation: conversation,
            options: generationOptions.sampling(defaults, seed: modelOptions.seed), limit: limit)
        try chat.run()
    }

    private func checkFormat(_ defaults: GenerationConfiguration) throws {
        guard let format = defaults.chatFormat, format != "chatml" else { return }
        throw UsageError(
            "the chat_format in the model's generation_config.json is '\(format)', and chats are "
                + "written in chatml; give the weights of a chat model, or use tokenmark generate")
    }

    /// Positions that the model can have, and its files let it have.
    private func most(_ model: ModelConfiguration, _ defaults: GenerationConfiguration) -> Int {
        let isBounded = generationOptions.maxNewTokens == nil && defaults.newTokens == nil
        return min(model.maximumPositions, isBounded ? defaults.positions ?? .max : .max)
    }

    private func positions(
        _ model: ModelConfiguration, _ limit: Int, _ defaults: GenerationConfiguration
    ) throws -> Int {
        let wanted = max(2048, (defaults.windowSize ?? limit) + limit)
        let positions = maxSeqLen ?? min(wanted, most(model, defaults))
        guard positions > limit else {
            throw UsageError(
                "--max-new-tokens \(limit) leaves no room in the \(positions) positions of "
                    + "--max-seq-len")
        }
        return positions
    }
}
