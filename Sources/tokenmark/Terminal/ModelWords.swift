internal import Qwen
internal import Suite

extension ModelSource {
    /// How the model is meant to answer, with a word of what is asked for and not done.
    ///
    /// - Throws: `MachineError`, `QwenError`.
    func generationForAnswers() throws -> GenerationConfiguration {
        let generation = try generation()
        if !generation.undone.isEmpty {
            Terminal.error(
                "warning: the model's files ask for \(generation.undone.joined(separator: ", ")), which "
                    + "is not done here: answers differ from those that its authors mean\n")
        }
        return generation
    }

    /// The tokenizer of the file or directory; what is to be known of it is said.
    ///
    /// - Parameter purpose: what it is wanted for, as in "to generate text".
    /// - Throws: as ``readTokenizer(_:)``.
    func tokenizer(_ purpose: String) throws -> Tokenizer {
        let tokenizer = try readTokenizer(purpose)
        for warning in tokenizer.warnings { Terminal.error("warning: \(warning)\n") }
        return tokenizer
    }
}

extension AnsweringModel {
    /// Says what is to be known of the weights to the user of a command without a report.
    func sayNotes() {
        for note in notes { Terminal.error("note: \(note)\n") }
    }
}
