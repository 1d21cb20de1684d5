internal import Documents
internal import Glibc
internal import Qwen
internal import Suite

/// Reads messages, prints answers.
struct Chat {
    /// Opened for one sequence.
    let model: any AnsweringModel
    let tokenizer: Tokenizer
    var conversation: Conversation
    let options: SamplingOptions
    /// Tokens of an answer at most.
    let limit: Int
    /// The tokens whose keys and values the model holds.
    private var known: [Int] = []
    private let lines = StandardInput.Lines()
    /// Whether a message got no answer.
    private var hasRefused = false

    init(
        model: any AnsweringModel, tokenizer: Tokenizer, conversation: Conversation,
        options: SamplingOptions, limit: Int
    ) {
        self.model = model
        self.tokenizer = tokenizer
        self.conversation = conversation
        self.options = options
        self.limit = limit
    }

    /// Goes on to `/exit` or the end of standard input.
    ///
    /// A message that is too long, or cannot be written in the vocabulary, is refused; the chat
    /// goes on.
    ///
    /// - Throws: `ExitStatus.someCellsFailed` at the end, where that was so and nobody sat by to see it.
    mutating func run() throws {
        try answerAll()
        if hasRefused, isatty(STDIN_FILENO) != 1 { throw ExitStatus.someCellsFailed }
    }

    private mutating func answerAll() throws {
        while let line = try nextLine() {
            switch line {
            case "": continue
            case "/exit": return
            case "/clear": conversation.clear()
            default:
                do {
                    try answer(conversation.ask(line))
                } catch let error as ChatError {
                    refuse(error)
                } catch QwenError.unwritableByte(let byte) {
                    refuse(QwenError.unwritableByte(byte))
                }
            }
        }
    }

    private mutating func refuse(_ error: any Error) {
        Terminal.error("tokenmark: \(error)\n")
        hasRefused = true
    }

    private func nextLine() throws -> String? {
        if isatty(STDIN_FILENO) == 1, Terminal.errorIsTerminal { Terminal.error("> ") }
        return try lines.next().map { String($0[...].trimmed) }
    }

    private mutating func answer(_ prompt: Conversation.Prompt) throws {
        var text = StreamedText(tokenizer)
        Interruption.listen(to: [SIGINT])
        defer { Interruption.stopListening(to: [SIGINT]) }
        let generation = try model.generate(
            Generation.Request(
                prompts: [prompt.tokens], known: known, options: options,
                endTokens: conversation.endTokens, limit: limit),
            isCancelled: { Interruption.isRequested },
            take: { _, token in try Terminal.output(text.append(token)) })
        try Terminal.output(text.finish() + "\n")
        conversation.answer(generation.answers[0])
        known = prompt.tokens + generation.processedAnswer(0)
        var facts = "\(prompt.tokens.count) prompt tokens, \(generation.processedTokens) processed"
        if prompt.turnsLeftOut > 0 { facts += ", \(prompt.turnsLeftOut) oldest turns left out" }
        Terminal.error("\(generation.times.text) (\(facts))\n")
    }
}
