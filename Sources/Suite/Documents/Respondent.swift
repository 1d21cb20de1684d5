internal import Qwen

/// Answers batches of prompts, greedily.
///
/// One prompt at a time goes on from what it has in common with the one before, which for the questions
/// of one subject is most of it.
struct Respondent {
    let loaded: LoadedModel
    /// Tokens of a prompt, and of an answer, at most.
    let promptTokens: Int
    let newTokens: Int
    let endTokens: Set<Int>

    private var session: Session?
    private var known: [Int] = []

    init(loaded: LoadedModel, promptTokens: Int, newTokens: Int, endTokens: Set<Int>) {
        self.loaded = loaded
        self.promptTokens = promptTokens
        self.newTokens = newTokens
        self.endTokens = endTokens
    }

    /// Makes room for so many prompts at once.
    ///
    /// - Throws: `QwenError.doesNotFit`, `MachineError`.
    mutating func prepare(batch: Int) throws { _ = try session(batch) }

    /// The tokens of each answer.
    ///
    /// - Throws: `QwenError`, `MachineError`.
    mutating func answer(_ prompts: [[Int]]) throws -> [[Int]] {
        let session = try session(prompts.count)
        let generation = try Generation(
            session, prompts: prompts, known: known, options: SamplingOptions(),
            endTokens: endTokens, limit: newTokens)
        // Its answer was processed another way than a prompt: it is not known for the next one.
        known = prompts.count == 1 ? prompts[0] : []
        return generation.answers
    }

    /// A session for so many sequences; the one of the last batch if it fits.
    private mutating func session(_ count: Int) throws -> Session {
        if let session, session.batch == count { return session }
        // The memory of the one before must be free first.
        session = nil
        known = []
        let made = try Session(
            model: loaded.model, batch: count, capacity: promptTokens + newTokens,
            availableBytes: loaded.availableBytes)
        session = made
        return made
    }
}
