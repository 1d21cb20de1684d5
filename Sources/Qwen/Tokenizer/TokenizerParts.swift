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

extension TokenizerParts {
    /// Takes over which tokens begin and end a text.
    ///
    /// - Throws: `QwenError.unusableValue` where a text is to begin with a token that there is not.
    mutating func take(_ configuration: TokenizerConfiguration) throws(QwenError) {
        endTokens = EndTokens.named(added.lazy.map { (id: $0.id, text: $0.text) })
        if let end = configuration.text("eos_token").flatMap(id) { endTokens.insert(end) }
        wantsTrailingTokens = configuration.addsEndToken ?? false
        beginToken = configuration.text("bos_token").flatMap(id)
        guard configuration.addsBeginToken == true, let file = configuration.file else { return }
        if let beginToken {
            leadingTokens = [beginToken]
        } else if let text = configuration.text("bos_token") {
            throw file.unusable(
                "add_bos_token is true, and the bos_token '\(text)' is not in the vocabulary; correct "
                    + "one of them")
        } else {
            warnings.append(
                "\(file.path) has add_bos_token true and no bos_token: nothing stands before a text"
            )
        }
    }
}

extension TokenTexts {
    /// Takes the tokens that a configuration adds to those of the vocabulary and of `file`.
    ///
    /// - Parameter own: those that the file of the vocabulary adds itself.
    /// - Throws: `QwenError.invalidModelFile`; `.unusableValue` for a special token that is new.
    mutating func add(
        _ configuration: TokenizerConfiguration, own: [AddedToken] = []
    ) throws(QwenError) {
        // Of two with the same id and text the first counts.
        for token in configuration.added + own + configuration.addedWithoutOptions {
            try add(token)
        }
        let known = Set(added.map(\.text))
        let missing = configuration.named.filter { !known.contains($0.text) }
        guard !missing.isEmpty else { return }
        let ids = ids(of: Set(missing.map(\.text)))
        for token in missing {
            if let id = ids[token.text] { try add(try token.added(id: id)) }
        }
        if let new = configuration.needed.first(where: {
            !known.contains($0.text) && ids[$0.text] == nil
        }) {
            throw new.refusal
        }
    }
}
