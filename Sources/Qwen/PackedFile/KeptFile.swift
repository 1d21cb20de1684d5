/// A small file that a packed file keeps beside the weights, so that it stands alone.
package struct KeptFile: Equatable, Sendable {
    package let name: String
    package let bytes: [UInt8]

    package init(name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// What a packed file calls the metadata of a GGUF file, its tokenizer among them: a GGUF file
    /// without tensors.
    static let metadataName = "metadata.gguf"

    /// The files of a Hugging Face directory that say how a text becomes tokens.
    private static let vocabularyNames = [
        "tokenizer.json", "qwen.tiktoken", "vocab.json", "merges.txt",
    ]
    /// Those that say more, such as what ends an answer and how a chat is written.
    private static let furtherNames = [
        "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "generation_config.json", "chat_template.jinja", "config.json",
    ]

    /// Those files of a directory that there are, as they are but for a byte order mark; none without
    /// a vocabulary.
    ///
    /// - Throws: `MachineError` for one that cannot be read, `QwenError.invalidTokenizerFile` for one
    ///   that is too large.
    package static func tokenizer(directory: String) throws -> [KeptFile] {
        let folder = ModelFolder.directory(directory)
        guard vocabularyNames.contains(where: folder.has) else { return [] }
        return try (vocabularyNames + furtherNames).compactMap { name in
            try TokenizerFile(name, in: folder).map { KeptFile(name: name, bytes: Array($0.bytes)) }
        }
    }
}
