internal import ArgumentParser
internal import Qwen
internal import Suite

/// `tokenmark perplexity`: how well a model foretells a text, and so what a precision costs.
struct PerplexityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perplexity",
        abstract: "Measures how well a model foretells a text.",
        discussion: """
            The method of llama.cpp's tool of this name: consecutive windows of the context \
            length, the first half of each as context, the second half scored.

            Example: tokenmark perplexity --weights model.gguf --text wiki.txt --precision int8
            """
    )

    @Option(
        help: ArgumentHelp(
            "A text file or pipe: UTF-8, or UTF-16 with its mark; - is standard input.",
            valueName: "file"),
        completion: .file())
    var text: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Tokens of a window.", valueName: "n"))
    var context = 512

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Windows to score at most.", valueName: "n"))
    var chunks: Int?

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions
    @OptionGroup(title: "Machine") var rankOptions: RankOptions

    /// Bytes of a text at most; what is read of it takes a few times as much memory.
    private static let mostBytes = 1 << 30

    /// Windows that are scored together.
    private static let batch = 16

    func run() throws {
        guard context >= 4 else {
            throw UsageError("--context \(context) is below 4; half a window must have tokens")
        }
        if let chunks, chunks < 1 {
            throw UsageError("--chunks \(chunks) is not a number of 1 or more")
        }
        var settings = modelOptions.settings(on: machineOptions)
        try rankOptions.apply(to: &settings)
        let source = try settings.source()
        let windows = try windows(source.tokenizer("for perplexity"))
        let model = try settings.answering(source)
        model.sayNotes()
        var perplexity = Perplexity(context: context)
        var done = 0
        while done < windows.count {
            let part = Array(windows[done..<min(done + Self.batch, windows.count)])
            try model.open(batch: part.count, capacity: context)
            perplexity = try model.score(part, beside: perplexity)
            done += part.count
            if Terminal.errorIsTerminal {
                Terminal.error("window \(done)/\(windows.count)\n")
            }
        }
        try Terminal.output(
            "perplexity \(Self.text(perplexity)) over \(perplexity.tokenCount) tokens in "
                + "\(windows.count) windows of \(context), \(source.precision.rawValue)\n")
    }

    /// The value with its error; where no number holds it, the loss that it is the exponential of.
    private static func text(_ perplexity: Perplexity) -> String {
        guard let value = perplexity.value else { return "unknown" }
        guard value.isFinite else {
            let loss = perplexity.negativeLogLikelihood / Double(perplexity.tokenCount)
            return "exp(\(loss)), more than any number,"
        }
        return "\(value)" + (perplexity.standardError.map { " ± \($0)" } ?? "")
    }

    private func windows(_ tokenizer: Tokenizer) throws -> [[Int32]] {
        guard !tokenizer.wantsTrailingTokens else {
            throw UsageError(
                "the model's files want a token behind every text (add_eos_token, or a template), and "
                    + "a window of a text has no end; set add_eos_token to false, or take the token "
                    + "out of the template")
        }
        let content =
            text == "-"
            ? try StandardInput.readAll(isFile: true, limit: Self.mostBytes)
            : try ByteStream.text(of: text, limit: Self.mostBytes, name: "--text \(text)")
        let tokens = try tokenizer.promptTokens(content)
        let windows = try Self.windows(of: tokens, context, leading: tokenizer.leadingTokens)
        guard !windows.isEmpty else {
            throw UsageError(
                "--text \(text) has \(tokens.count) tokens, fewer than one window of \(context)")
        }
        return Array(windows.prefix(chunks ?? .max))
    }

    /// The windows of a text's tokens, those that stand before it among them.
    ///
    /// As in llama.cpp every window begins with these, in place of its own first ones.
    ///
    /// - Throws: `UsageError` where they would be half a window.
    static func windows(
        of tokens: [Int], _ context: Int, leading: [Int]
    ) throws(UsageError) -> [[Int32]] {
        guard leading.count < context / 2 else {
            throw UsageError(
                "--context \(context) is too short: \(leading.count) tokens stand before a text")
        }
        return (0..<tokens.count / context).map { index in
            let own = tokens[index * context..<(index + 1) * context].dropFirst(leading.count)
            return (leading + own).map { Int32($0) }
        }
    }
}
