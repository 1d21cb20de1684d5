internal import ArgumentParser
internal import Qwen
internal import Suite

/// How an answer is generated; shared by every command that gives one.
///
/// What is not given is what the model's `generation_config.json` says, or else the usual.
struct GenerationOptions: ParsableArguments {
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Tokens to generate at most; \(usualNewTokens), or what there is room for, unless given.",
            valueName: "n"))
    var maxNewTokens: Int?

    @Option(
        parsing: .unconditional,
        help: "Divides the logits before a draw; 0, which is greedy, unless given.")
    var temperature: Float?

    @Option(
        parsing: .unconditional,
        help: "Draw from the k most probable tokens only; 0, which takes all, unless given.")
    var topK: Int?

    @Option(
        parsing: .unconditional,
        help: """
            Draw from the most probable tokens that reach this share; 1, which takes all, unless \
            given.
            """)
    var topP: Float?

    @Option(
        parsing: .unconditional,
        help: "Above 1 makes tokens of the text so far less probable; 1 unless given.")
    var repetitionPenalty: Float?

    /// What help texts say of the file.
    static let fileText = """
        generation_config.json of a Hugging Face directory, or of one that a packed file was made from, sets these defaults \
        (do_sample, temperature, top_k, top_p, repetition_penalty, max_new_tokens, max_length, suppress_tokens, and with \
        eos_token_id more tokens that end an answer), and so does general.sampling of a GGUF file; options win.
        """

    private static let usualNewTokens = 128
    /// More positions than any model can have.
    private static let mostNewTokens = 1 << 24

    /// Refuses options that cannot be, before any file is read.
    ///
    /// - Throws: `UsageError`, `QwenError.invalidSampling`.
    func check() throws {
        if let maxNewTokens, !(1...Self.mostNewTokens ~= maxNewTokens) {
            throw UsageError(
                "--max-new-tokens \(maxNewTokens) is not a number from 1 to \(Self.mostNewTokens)")
        }
        try sampling(GenerationConfiguration(), seed: 0).validate()
    }

    /// Tokens to generate at most.
    ///
    /// - Parameters:
    ///   - promptLength: tokens of the prompt, as far as they are known.
    ///   - room: positions that there are for them; only an option asks for more.
    func limit(
        _ file: GenerationConfiguration, promptLength: Int = 0, room: Int = .max
    ) -> Int {
        let wanted = file.limit(promptLength: promptLength) ?? Self.usualNewTokens
        return maxNewTokens ?? max(1, min(wanted, room))
    }

    /// How tokens are chosen.
    func sampling(_ file: GenerationConfiguration, seed: UInt64) -> SamplingOptions {
        var options = file.sampling(over: SamplingOptions())
        if let temperature { options.temperature = temperature }
        if let topK { options.topK = topK }
        if let topP { options.topP = topP }
        if let repetitionPenalty { options.repetitionPenalty = repetitionPenalty }
        options.seed = seed
        return options
    }
}
