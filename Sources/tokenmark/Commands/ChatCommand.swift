internal import ArgumentParser
internal import Qwen

/// `tokenmark chat`: a conversation with a trained model, line by line.
struct ChatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chat",
        abstract: "Holds a conversation with a trained chat model.",
        discussion: """
            Every line of stdin is a message, in a terminal or from a pipe; /clear forgets the \
            conversation, /exit or the end of stdin ends it. Answers go to stdout as they come, \
            times to stderr. Ctrl-C ends the answer that is being given; between answers, the chat. \
            Greedy unless --temperature is given.

            The chat is written in ChatML. Each message is answered with all that was said before; \
            what --max-seq-len has no room for is left out, the oldest turns first. Of each prompt \
            only the tokens are processed that do not stand in the KV cache at the same place: FTL \
            is for these. After each answer, with the tokens of the prompt and how many of them \
            were processed:
            \(AnswerTimes.definitions)

            Example: tokenmark chat --weights model.gguf --system "Answer in Chinese."
            """
    )

    @Option(help: ArgumentHelp("What the model shall be; empty says nothing.", valueName: "text"))
    var system = Conversation.defaultSystem

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Positions of the KV cache, for conversation and answer; 2048 unless given, or what "
                + "the model can have.", valueName: "n"))
    var maxSeqLen: Int?

    @OptionGroup(title: "Generation") var generationOptions: GenerationOptions
    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    func run() throws {
        let options = try generationOptions.sampling(seed: modelOptions.seed)
        let source = try WorkerSettings(modelOptions, machineOptions).source()
        let tokenizer = try source.tokenizer("to chat")
        try source.configuration.checkKnows(tokenizer)
        let positions = try positions(source.configuration)
        let conversation = try Conversation(
            tokenizer, system: system, window: positions - generationOptions.maxNewTokens)
        let loaded = try LoadedModel(
            source, cache: modelOptions.kvCache, execution: machineOptions.execution())
        var chat = Chat(
            session: try Session(
                model: loaded.model, batch: 1, capacity: positions,
                availableBytes: loaded.availableBytes),
            tokenizer: tokenizer, conversation: conversation, options: options,
            limit: generationOptions.maxNewTokens)
        try chat.run()
    }

    private func positions(_ model: ModelConfiguration) throws -> Int {
        let positions = maxSeqLen ?? min(2048, model.maximumPositions)
        guard positions > generationOptions.maxNewTokens else {
            throw UsageError(
                "--max-new-tokens \(generationOptions.maxNewTokens) leaves no room in the "
                    + "\(positions) positions of --max-seq-len")
        }
        return positions
    }
}
