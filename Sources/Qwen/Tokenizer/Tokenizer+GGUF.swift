extension Tokenizer {
    /// The tokenizer of a GGUF file.
    ///
    /// - Throws: `QwenError.unsupportedGGUF` for another kind of tokenizer,
    ///   `.invalidTokenizer` for one that contradicts itself.
    package init(_ file: GGUFFile) throws(QwenError) {
        try self.init(GGUFTokenizerKeys(file).parts())
    }
}
