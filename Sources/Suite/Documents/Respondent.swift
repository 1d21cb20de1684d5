internal import Qwen

/// Answers batches of prompts, greedily.
///
/// One prompt at a time goes on from what it has in common with the one before, which for the questions
/// of one subject is most of it.
struct Respondent {
    let model: any AnsweringModel
    /// Tokens of a prompt, and of an answer, at most.
    let promptTokens: Int
    let newTokens: Int
    let endTokens: Set<Int>

    /// Sequences that there is room for.
    private var room = 0
    private var known: [Int] = []

    init(model: any AnsweringModel, promptTokens: Int, newTokens: Int, endTokens: Set<Int>) {
        self.model = model
        self.promptTokens = promptTokens
        self.newTokens = newTokens
        self.endTokens = endTokens
    }

    /// Makes room for so many prompts at once.
    ///
    /// - Throws: as `AnsweringModel.open`.
    mutating func prepare(batch: Int) throws {
        guard room != batch else { return }
        room = 0
        known = []
        try model.open(batch: batch, capacity: promptTokens + newTokens)
        room = batch
    }

    /// The tokens of each answer.
    ///
    /// - Throws: as `AnsweringModel`.
    mutating func answer(_ prompts: [[Int]]) throws -> [[Int]] {
        try prepare(batch: prompts.count)
        let generation = try model.generate(
            Generation.Request(
                prompts: prompts, known: known, options: SamplingOptions(), endTokens: endTokens,
                limit: newTokens))
        // Its answer was processed another way than a prompt: it is not known for the next one.
        known = prompts.count == 1 ? prompts[0] : []
        return generation.answers
    }
}
