internal import Qwen

/// What the documents' driver does for `--task inference`: a prompt to warm up, one prompt alone,
/// and two at once; greedy, with a repetition penalty of 1.1, 64 new tokens, unless the model's
/// `generation_config.json` says otherwise.
struct InferenceDemo {
    static let warmup = ["Hamlet->Shakespeare\nOne Hundred Years of Solitude->"]
    static let batches = [
        ["登鹳雀楼->王之涣\n夜雨寄北->"],
        ["浙江省的省会是", "The CEO of Google is"],
    ]
    static let newTokens = 64

    let loaded: LoadedModel
    let tokenizer: Tokenizer
    let defaults: GenerationConfiguration
    let seed: UInt64

    private var options: SamplingOptions {
        var options = SamplingOptions()
        options.repetitionPenalty = 1.1
        options.seed = seed
        return defaults.sampling(over: options)
    }

    /// Prints every prompt with its answer, and the times of each batch.
    ///
    /// - Throws: `QwenError`, `MachineError`.
    func run() throws {
        _ = try answer(Self.warmup)
        for prompts in Self.batches {
            let generation = try answer(prompts)
            for (prompt, answer) in zip(prompts, generation.answers) {
                try Terminal.output("prompt: \(prompt)\nanswer: ")
                try Terminal.output(StreamedText.text(answer, tokenizer) + "\n")
            }
            try Terminal.output("batch \(prompts.count), \(generation.times.text)\n\n")
        }
        try Terminal.output(AnswerTimes.definitions + "\n")
    }

    private func answer(_ prompts: [String]) throws -> Generation {
        let prompts = try prompts.map { try tokenizer.promptTokens($0) }
        let longest = prompts.map(\.count).max() ?? 0
        let room = loaded.model.configuration.maximumPositions - longest
        let wanted = defaults.limit(promptLength: longest)
        let limit = wanted.map { max(1, min($0, room)) } ?? Self.newTokens
        let session = try Session(
            model: loaded.model, batch: prompts.count, capacity: longest + limit,
            availableBytes: loaded.availableBytes)
        return try Generation(
            session, prompts: prompts, options: options,
            endTokens: tokenizer.endTokens.union(defaults.endTokens), limit: limit)
    }
}
