internal import JSON

/// A vocabulary as GPT-2 keeps it: `vocab.json`, from texts to ids, and `merges.txt`.
enum MergeFiles {
    /// The tokenizer of a folder.
    ///
    /// `tokenizer_class` decides on the pattern: without one, and for `Qwen2Tokenizer`, it is
    /// Qwen's after normal form C; for `GPT2Tokenizer`, GPT-2's.
    ///
    /// - Throws: `MachineError`, `QwenError.noTokenizer` where one of the files is missing,
    ///   `.invalidModelFile`, `.unsupportedModel`.
    static func parts(_ folder: ModelFolder) throws -> TokenizerParts {
        guard let vocabularyFile = try ModelFile("vocab.json", in: folder),
            let mergeFile = try ModelFile("merges.txt", in: folder)
        else { throw QwenError.noTokenizer(path: folder.path()) }
        let configuration = try TokenizerConfiguration(folder)
        let isQwen = configuration.tokenizerClass ?? "Qwen2Tokenizer" == "Qwen2Tokenizer"
        guard isQwen || configuration.tokenizerClass == "GPT2Tokenizer" else {
            throw vocabularyFile.unsupported(
                "its tokenizer_class is '\(configuration.tokenizerClass ?? "")'; Qwen2Tokenizer "
                    + "and GPT2Tokenizer are read")
        }
        var texts = TokenTexts(vocabularyFile)
        try texts.add(vocabulary: vocabularyFile.json())
        try texts.add(configuration)
        // Specials may be in the vocabulary itself, as in GPT-2's.
        let ids = texts.ids(of: Tokenizer.chatSpecials)
        for (name, id) in ids.sorted(by: { $0.value < $1.value }) {
            try texts.add(AddedToken(id: id, text: name))
        }
        let splitter: Splitter = isQwen ? .qwen2 : .gpt2
        var parts = TokenizerParts(
            vocabulary: try texts.vocabulary(merges: merges(mergeFile), of: mergeFile),
            splitter: splitter, isComposed: splitter.goesWithComposedText, added: texts.added)
        try parts.take(configuration)
        return parts
    }

    private static func merges(_ file: ModelFile) throws(QwenError) -> [MergeText] {
        var merges: [MergeText] = []
        try file.forEachLine { (line, number) throws(QwenError) in
            if number == 1, line.starts(with: "#version".utf8) { return }
            guard merges.count < Vocabulary.maximumCount else {
                throw file.invalid(line: number, "there are too many merges")
            }
            merges.append(MergeText(ArraySlice(line), line: number))
        }
        return merges
    }
}
