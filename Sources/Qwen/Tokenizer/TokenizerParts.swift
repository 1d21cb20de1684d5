/// What a tokenizer is made of, whichever files it was read from.
struct TokenizerParts {
    var vocabulary: Vocabulary
    var splitter: Splitter
    var isComposed = false
    var added: [AddedToken] = []
    var endTokens: Set<Int> = []
    /// The begin token that the files name, whether or not it stands before a text.
    var beginToken: Int?
    var leadingTokens: [Int] = []
    var wantsTrailingTokens = false
    var warnings: [String] = []

    /// The id of an added token, or nil.
    func id(_ text: String) -> Int? { added.first { $0.text == text }?.id }
}
