internal import ArgumentParser
internal import Qwen

/// How an answer is generated; shared by every command that gives one.
struct GenerationOptions: ParsableArguments {
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

    /// More positions than any model can have.
    private static let mostNewTokens = 1 << 24

    /// - Throws: `UsageError`, `QwenError.invalidSampling`.
    func sampling(seed: UInt64) throws -> SamplingOptions {
        guard 1...Self.mostNewTokens ~= maxNewTokens else {
            throw UsageError(
                "--max-new-tokens \(maxNewTokens) is not a number from 1 to \(Self.mostNewTokens)")
        }
        var options = SamplingOptions()
        options.temperature = temperature
        options.topK = topK
        options.topP = topP
        options.repetitionPenalty = repetitionPenalty
        options.seed = seed
        try options.validate()
        return options
    }
}
