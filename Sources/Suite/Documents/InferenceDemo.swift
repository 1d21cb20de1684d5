package import Qwen

/// What the documents' driver does for `--task inference`: a prompt to warm up, one prompt alone,
/// and two at once; greedy, with a repetition penalty of 1.1, 64 new tokens, unless the model's
/// `generation_config.json` says otherwise.
package struct InferenceDemo {
    static let warmup = ["Hamlet->Shakespeare\nOne Hundred Years of Solitude->"]
    package static let batches = [
        ["登鹳雀楼->王之涣\n夜雨寄北->"],
        ["浙江省的省会是", "The CEO of Google is"],
    ]
    package static let newTokens = 64

    package let model: any AnsweringModel
    /// Positions of a sequence at most.
    package let maximumPositions: Int
    package let tokenizer: Tokenizer
    package let defaults: GenerationConfiguration
    package let seed: UInt64

    private var options: SamplingOptions {
        var options = SamplingOptions()
        options.repetitionPenalty = 1.1
        options.seed = seed
        return defaults.sampling(over: options)
    }

    package init(
        model: any AnsweringModel, maximumPositions: Int, tokenizer: Tokenizer,
        defaults: GenerationConfiguration, seed: UInt64
    ) {
        self.model = model
        self.maximumPositions = maximumPositions
        self.tokenizer = tokenizer
        self.defaults = defaults
        self.seed = seed
    }

    /// A prompt and what came of it.
    package struct Exchange {
        package let prompt: String
        package let answer: String
    }

    /// Gives every batch with its times, as it is done.
    ///
    /// - Throws: as `AnsweringModel`, and what `take` throws.
    package func run(_ take: ([Exchange], AnswerTimes) throws -> Void) throws {
        _ = try answer(Self.warmup)
        for prompts in Self.batches {
            let generation = try answer(prompts)
            try take(
                zip(prompts, generation.answers).map {
                    Exchange(prompt: $0, answer: try StreamedText.text($1, tokenizer))
                }, generation.times)
        }
    }

    private func answer(_ prompts: [String]) throws -> Generation {
        let prompts = try prompts.map { try tokenizer.promptTokens($0) }
        let longest = prompts.map(\.count).max() ?? 0
        let room = maximumPositions - longest
        let wanted = defaults.limit(promptLength: longest)
        let limit = wanted.map { max(1, min($0, room)) } ?? Self.newTokens
        try model.open(batch: prompts.count, capacity: longest + limit)
        return try model.generate(
            Generation.Request(
                prompts: prompts, options: options,
                endTokens: tokenizer.endTokens.union(defaults.endTokens), limit: limit))
    }
}
