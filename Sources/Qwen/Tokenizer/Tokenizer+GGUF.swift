extension Tokenizer {
    /// GGUF's `tokenizer.ggml.token_type`: control and user-defined tokens are special.
    private static let specialTypes: Set<Int> = [3, 4]

    /// The tokenizer of a GGUF file.
    ///
    /// - Throws: `QwenError.unsupportedGGUF` for another kind of tokenizer,
    ///   `.invalidTokenizer` for one that contradicts itself.
    package init(_ file: GGUFFile) throws(QwenError) {
        let kind = try file.text("tokenizer.ggml.model")
        guard kind == "gpt2" else {
            throw .unsupportedGGUF(
                problem: "its tokenizer is '\(kind)'; byte-level BPE ('gpt2') is read")
        }
        let texts = try file.texts("tokenizer.ggml.tokens")
        let added = try Self.added(file, texts)
        var parts = TokenizerParts(
            vocabulary: try Self.vocabulary(file, texts, added), splitter: try Self.splitter(file))
        parts.added = added
        func id(_ key: String) throws(QwenError) -> Int? {
            guard let id = try file.integerIfPresent(key) else { return nil }
            guard texts.indices ~= id else {
                throw .invalidTokenizer(problem: "\(key) is \(id) of \(texts.count) tokens")
            }
            return id
        }
        let ends = [
            try id("tokenizer.ggml.eos_token_id"), try id("tokenizer.ggml.eot_token_id"),
        ]
        parts.endTokens = Set(ends.compactMap { $0 })
        parts.beginToken = try id("tokenizer.ggml.bos_token_id")
        parts.addsBeginToken = try file.booleanIfPresent("tokenizer.ggml.add_bos_token") ?? false
        try self.init(parts)
    }

    static func splitter(_ file: GGUFFile) throws(QwenError) -> Splitter {
        let pattern = try file.text("tokenizer.ggml.pre")
        switch pattern {
        case "qwen2": return .qwen2
        case "smollm": return .smollm
        default:
            throw .unsupportedGGUF(
                problem: "its split pattern is '\(pattern)'; qwen2 and smollm are read")
        }
    }

    static func added(
        _ file: GGUFFile, _ texts: [String]
    ) throws(QwenError) -> [AddedToken] {
        guard case .integers(let types) = file.metadata["tokenizer.ggml.token_type"] else {
            return []
        }
        guard types.isEmpty || types.count == texts.count else {
            throw .invalidTokenizer(
                problem: "it has \(texts.count) tokens and \(types.count) types of them")
        }
        return zip(texts, types).enumerated().compactMap { id, token in
            guard specialTypes.contains(token.1), !token.0.isEmpty else { return nil }
            return AddedToken(id: id, text: token.0)
        }
    }

    private static func vocabulary(
        _ file: GGUFFile, _ texts: [String], _ added: [AddedToken]
    ) throws(QwenError) -> Vocabulary {
        let merges = try file.texts("tokenizer.ggml.merges")
        for (what, count) in [("tokens", texts.count), ("merges", merges.count)]
        where count > Vocabulary.maximumCount || (what == "tokens" && count == 0) {
            throw .invalidTokenizer(problem: "it has \(count) \(what)")
        }
        do {
            return try Vocabulary(
                texts: texts, literals: Set(added.map(\.id)),
                merges: merges.map { MergeText(ArraySlice($0.utf8)) })
        } catch {
            throw .invalidTokenizer(
                problem: (error.merge.map { "at merge \($0), " } ?? "") + error.problem)
        }
    }
}
