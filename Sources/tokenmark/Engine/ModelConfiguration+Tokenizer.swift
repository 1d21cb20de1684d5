internal import Qwen

extension ModelConfiguration {
    /// - Throws: `UsageError` if the tokenizer has tokens that the model has no row for.
    func checkKnows(_ tokenizer: Tokenizer) throws(UsageError) {
        guard tokenizer.vocabularySize <= vocabularySize else {
            throw UsageError(
                "the file's tokenizer has \(tokenizer.vocabularySize) tokens and its model only "
                    + "\(vocabularySize)")
        }
    }
}
