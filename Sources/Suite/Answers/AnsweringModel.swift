package import Qwen
package import Sweep

/// A model that answers prompts, and says how well it foretells texts: in this process, or on ranks.
package protocol AnsweringModel: AnyObject {
    var identity: EngineIdentity { get }
    /// What the user should know of the weights, one line each.
    var notes: [String] { get }

    /// What is known of the model and of its threads.
    ///
    /// - Throws: `MachineError` for weights that can no longer be read.
    func facts() throws -> RunFacts

    /// Makes room for so many sequences of so many positions; what there was is forgotten.
    ///
    /// - Throws: `QwenError`, `MachineError`, `WorkerFailure`.
    func open(batch: Int, capacity: Int) throws

    /// Answers prompts, as `Generation` does.
    ///
    /// - Precondition: there is room for as many sequences, each of its prompt and the answer.
    /// - Throws: as `Generation` does; `WorkerFailure`; what `take` throws.
    func generate(
        _ request: Generation.Request, isCancelled: () -> Bool,
        take: (_ sequence: Int, _ token: Int) throws -> Void
    ) throws -> Generation

    /// Scores windows of a text, as many as there are sequences, beside what was scored before.
    ///
    /// - Throws: as `Perplexity.score` does; `WorkerFailure`.
    func score(_ windows: [[Int32]], beside earlier: Perplexity) throws -> Perplexity
}

extension AnsweringModel {
    /// Answers prompts without anybody who waits for each token.
    func generate(_ request: Generation.Request) throws -> Generation {
        try generate(request, isCancelled: { false }, take: { _, _ in })
    }
}

extension CoreSettings {
    /// The model of a source that was opened already, ready to answer.
    ///
    /// - Throws: as `source()`; where ranks are asked for also `WorkerFailure`, `WorkerEngine.Refusal`.
    package func answering(_ source: ModelSource) throws -> any AnsweringModel {
        machine.rankCount > 1 ? try RankedAnswers(self) : try LoadedAnswers(loading: self, source)
    }
}
