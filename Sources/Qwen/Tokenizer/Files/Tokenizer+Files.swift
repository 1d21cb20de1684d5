internal import Machine

extension Tokenizer {
    /// The tokens of Qwen's chats, which are special without being named.
    static let chatSpecials: Set<String> = ["<|endoftext|>", "<|im_end|>", "<|im_start|>"]

    /// The tokenizer of a Hugging Face directory, or of one file of it.
    ///
    /// In a directory the first of these counts: `tokenizer.json`; `qwen.tiktoken`; `vocab.json`
    /// with `merges.txt`. What `TokenizerConfiguration` reads adds to the first and the last, and
    /// says what begins and ends a text.
    ///
    /// - Parameter path: the directory; or a `tokenizer.json`, a file of ranks (`.tiktoken`),
    ///   `vocab.json` or `merges.txt`.
    /// - Throws: `MachineError` for files that cannot be read; `QwenError.noTokenizer`,
    ///   `.invalidModelFile` naming file and line, `.unsupportedModel`.
    package init(path: String) throws {
        if Directory.exists(path) {
            try self.init(.directory(path))
            return
        }
        let file = try ModelFile(path: path)
        switch path.split(separator: "/").last {
        case "vocab.json", "merges.txt":
            try self.init(MergeFiles.parts(file.folder))
        case let name? where name.hasSuffix(".tiktoken"):
            try self.init(RankFile(file).parts())
        case let name? where name.hasSuffix(".json"):
            let configuration = try TokenizerConfiguration(file.folder)
            try self.init(TokenizerDocument(file).parts(configuration))
        default:
            _ = try file.content()
            throw file.unsupported(
                "tokenizer.json, qwen.tiktoken and vocab.json with merges.txt are read")
        }
    }

    /// The tokenizer of a folder.
    init(_ folder: ModelFolder) throws {
        if let file = try ModelFile("tokenizer.json", in: folder) {
            let configuration = try TokenizerConfiguration(folder)
            try self.init(TokenizerDocument(file).parts(configuration))
        } else if let file = try ModelFile("qwen.tiktoken", in: folder) {
            try self.init(RankFile(file).parts())
        } else if folder.has("tokenizer.model"), !folder.has("vocab.json") {
            throw QwenError.unsupportedModel(
                path: folder.path("tokenizer.model"),
                problem: "it is SentencePiece's; byte-level BPE is read, of tokenizer.json, "
                    + "qwen.tiktoken, or vocab.json with merges.txt")
        } else {
            try self.init(MergeFiles.parts(folder))
        }
    }
}
