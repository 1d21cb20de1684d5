internal import Qwen
package import Sweep

extension CoreSettings {
    /// The prompts of a file as tokens of the model; those that are too long for it are left out.
    ///
    /// - Parameter takingAnswers: whether the lengths of the answers are wanted.
    /// - Throws: `WorkloadError` for the file; ``UsageError``, `QwenError`, `MachineError` for a model
    ///   that has no tokenizer.
    package func prompts(of path: String, takingAnswers: Bool) throws -> ListedPrompts {
        let file = try PromptFile(path: path)
        let source = try source()
        let tokenizer = try source.readTokenizer("to read prompts")
        // A place is left for an answer whose length the file does not say.
        let limit = source.configuration.maximumPositions - (takingAnswers ? 0 : 1)
        let (prompts, _) = try file.prompts(takingAnswers: takingAnswers, limit: limit) {
            try tokenizer.promptTokens($0)
        }
        return try ListedPrompts(prompts, path: path)
    }
}
