/// What a name in a GGUF file's `tokenizer.ggml.pre` stands for.
struct GGUFSplitRule: Equatable {
    let splitter: Splitter
    /// Whether a piece that is a token needs no merges.
    var takesWholePieces = false
    /// Whether a text has a begin token where the file does not say.
    var addsBeginToken = false

    private static let llama3 = GGUFSplitRule(
        splitter: .llama3, takesWholePieces: true, addsBeginToken: true)

    static let named: [String: GGUFSplitRule] = [
        "qwen2": GGUFSplitRule(splitter: .qwen2),
        "deepseek-r1-qwen": GGUFSplitRule(splitter: .qwen2),
        "kormo": GGUFSplitRule(splitter: .qwen2),
        "f2llmv2": GGUFSplitRule(splitter: .qwen2),
        "megrez": GGUFSplitRule(splitter: .qwen2),
        "llama-bpe": llama3,
        "llama3": llama3,
        "llama-v3": llama3,
        "smaug-bpe": GGUFSplitRule(splitter: .llama3),
        "gpt-2": GGUFSplitRule(splitter: .gpt2),
        "smollm": GGUFSplitRule(splitter: .smollm),
        "default": GGUFSplitRule(splitter: .llamaCpp),
    ]

    /// Where Qwen's vocabulary has the token that ends a text.
    private static let qwenEnd = 151_643

    /// The name that a file without one most likely means: files before May 2024 have none.
    static func guess(_ file: GGUFFile, _ texts: [String]) -> String {
        let isQwen =
            texts.indices ~= qwenEnd && texts[qwenEnd] == "<|endoftext|>"
            && texts.contains("<|im_start|>")
        if isQwen { return "qwen2" }
        if case .text(let name) = file.metadata["general.architecture"],
            let rule = Architecture(rawValue: name)?.family.gguf?.splitRule
        {
            return rule
        }
        return texts.contains("<|begin_of_text|>") ? "llama-bpe" : "default"
    }
}
