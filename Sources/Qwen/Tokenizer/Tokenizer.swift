/// Text to token ids and back: byte-level BPE as the model's files define it.
package struct Tokenizer: Sendable {
    /// Ids that end an answer.
    package let endTokens: Set<Int>
    /// The tokens that stand before every prompt: the begin token, where the model wants one.
    package let leadingTokens: [Int]
    /// Whether the files want tokens behind a text too; a prompt, which goes on, has none.
    package let wantsTrailingTokens: Bool
    /// What whoever reads results should know of how the files were read; a line each.
    package let warnings: [String]

    private let vocabulary: Vocabulary
    private let splitter: Splitter
    /// Whether text is brought into Unicode's normal form C first.
    private let isComposed: Bool
    let added: [AddedToken]
    /// Added tokens to look for in the text as it is, and in the normalised text.
    private let addedBefore: AddedTokenTable
    private let addedAfter: AddedTokenTable

    package var vocabularySize: Int { vocabulary.tokens.count }

    init(_ parts: TokenizerParts) throws(QwenError) {
        vocabulary = parts.vocabulary
        splitter = parts.splitter
        isComposed = parts.isComposed
        added = parts.added
        endTokens = parts.endTokens
        leadingTokens = parts.leadingTokens
        wantsTrailingTokens = parts.wantsTrailingTokens
        warnings = parts.warnings
        let isComposed = isComposed
        do {
            addedBefore = try AddedTokenTable(added.filter { !$0.isNormalised })
            addedAfter = try AddedTokenTable(added.filter(\.isNormalised)) { token in
                let bytes = Array(token.text.utf8)
                return isComposed ? CanonicalComposition.compose(bytes.span) ?? bytes : bytes
            }
        } catch {
            throw .invalidTokenizer(problem: "it adds a token twice")
        }
    }

    /// The id of an added token such as `<|im_start|>`, or nil.
    package func addedToken(_ text: String) -> Int? {
        added.first { $0.text == text }?.id
    }

    /// Tokens that no text is, such as `<|im_end|>`.
    package var specialTokens: Set<Int> { Set(added.lazy.filter(\.isSpecial).map(\.id)) }

    /// The token ids of a text that a model goes on with: behind the leading tokens.
    ///
    /// - Parameter recognisesSpecials: as in `encode`.
    /// - Throws: `QwenError.unwritableByte` for a character that the vocabulary cannot write.
    package func promptTokens(
        _ text: String, recognisesSpecials: Bool = false
    ) throws(QwenError) -> [Int] {
        leadingTokens + (try encode(text, recognisesSpecials: recognisesSpecials))
    }

    /// The token ids of a text.
    ///
    /// - Parameter recognisesSpecials: whether `<|im_start|>` and the like in the text are taken
    ///   as the tokens they name, and not as the characters they are written with.
    /// - Throws: `QwenError.unwritableByte` for a character that the vocabulary cannot write.
    package func encode(
        _ text: String, recognisesSpecials: Bool = false
    ) throws(QwenError) -> [Int] {
        let bytes = Array(text.utf8)
        var tokens: [Int] = []
        tokens.reserveCapacity(bytes.count / 3)
        var merger = Merger(vocabulary)
        try encode(
            bytes.span, around: addedBefore, takesSpecials: recognisesSpecials, into: &tokens
        ) { (part, tokens) throws(QwenError) in
            func encodeNormalised(
                _ text: Span<UInt8>, _ tokens: inout [Int]
            ) throws(QwenError) {
                try encode(
                    text, around: addedAfter, takesSpecials: recognisesSpecials, into: &tokens
                ) { (part, tokens) throws(QwenError) in
                    try split(part, with: &merger, into: &tokens)
                }
            }
            if isComposed, let composed = CanonicalComposition.compose(part) {
                try encodeNormalised(composed.span, &tokens)
            } else {
                try encodeNormalised(part, &tokens)
            }
        }
        return tokens
    }

    /// Appends the added tokens of a text, and what is between them by `encodePart`.
    private func encode(
        _ text: Span<UInt8>, around added: AddedTokenTable, takesSpecials: Bool,
        into tokens: inout [Int],
        _ encodePart: (Span<UInt8>, inout [Int]) throws(QwenError) -> Void
    ) throws(QwenError) {
        var start = 0
        for match in added.matches(in: text, takesSpecials: takesSpecials) {
            if start < match.range.lowerBound {
                try encodePart(text.extracting(start..<match.range.lowerBound), &tokens)
            }
            tokens.append(match.token.id)
            start = match.range.upperBound
        }
        if start < text.count { try encodePart(text.extracting(start...), &tokens) }
    }

    private func split(
        _ text: Span<UInt8>, with merger: inout Merger, into tokens: inout [Int]
    ) throws(QwenError) {
        var start = 0
        while start < text.count {
            let end = splitter.end(ofPieceAt: start, in: text)
            try merger.merge(text.extracting(start..<end), into: &tokens)
            start = end
        }
    }

    /// The bytes that tokens stand for.
    ///
    /// - Throws: `QwenError.unknownToken`.
    package func bytes(of token: Int) throws(QwenError) -> ArraySlice<UInt8> {
        guard let bytes = vocabulary.bytes(of: token) else {
            throw .unknownToken(token, vocabularySize: vocabularySize)
        }
        return bytes
    }

    /// The text of tokens; bytes that are no UTF-8 become U+FFFD.
    ///
    /// - Throws: `QwenError.unknownToken`.
    package func decode(_ tokens: [Int]) throws(QwenError) -> String {
        var bytes: [UInt8] = []
        for token in tokens { bytes += try self.bytes(of: token) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
