internal import Qwen
package import Sweep

extension CoreSettings {
    /// The prompts of a file as tokens of the model; those that are too long for it are left out.
    ///
    /// - Parameter outputLength: The most tokens of an answer; nil where each is as long as that of the
    ///   file, which is then wanted.
    /// - Returns: The prompts, and what the user should know of them, one line each.
    /// - Throws: `WorkloadError` for the file; ``UsageError``, `QwenError`, `MachineError` for a model
    ///   that has no tokenizer.
    package func prompts(
        of path: String, outputLength: Int?
    ) throws -> (prompts: ListedPrompts, notes: [String]) {
        let file = try PromptFile(path: path)
        let source = try source()
        let tokenizer = try source.readTokenizer("to read prompts")
        let limit = source.configuration.maximumPositions - (outputLength ?? 0)
        let (prompts, leftOut) = try file.prompts(
            takingAnswers: outputLength == nil, limit: limit
        ) { try tokenizer.promptTokens($0) }
        var notes = tokenizer.warnings
        if file.leftOut > 0 {
            notes.append("\(file.leftOut) objects of \(path) have no prompt and are left out")
        }
        if leftOut > 0 {
            let answers = outputLength == nil ? ", or have no answer," : ""
            notes.append(
                "\(leftOut) of \(leftOut + prompts.count) prompts of \(path) are longer than the "
                    + "\(limit) positions that there are\(answers) and are left out")
        }
        return (try ListedPrompts(prompts, path: path), notes)
    }
}
