/// What a tokenizer is made of, whichever files it was read from.
struct TokenizerParts {
    var vocabulary: Vocabulary
    var splitter: Splitter
    var isComposed = false
    var added: [AddedToken] = []
    var endTokens: Set<Int> = []
    var beginToken: Int?
    var addsBeginToken = false
}

extension TokenizerParts {
    /// Takes over which tokens begin and end a text; those of Qwen's chats always end one.
    mutating func take(_ configuration: TokenizerConfiguration) {
        func id(_ text: String) -> Int? { added.first { $0.text == text }?.id }
        let ends = Tokenizer.chatEnds + [configuration.endToken].compactMap { $0 }
        endTokens = Set(ends.compactMap(id))
        beginToken = configuration.beginToken.flatMap(id)
        addsBeginToken = configuration.addsBeginToken ?? false
    }
}
