/// The tokens of a byte-level BPE and the order in which pairs of them merge.
struct Vocabulary: Sendable {
    /// The bytes of each token; empty for an id that no token has.
    let tokens: ByteStrings
    /// Ids of the bytes that begin every merge; -1 for a byte the vocabulary cannot write.
    let byteTokens: [Int32]
    let merges: PairTable
    /// Finds pieces that are tokens as they stand; nil where only merges lead to a token.
    let wholePieces: ByteStringTable?
    private let missing: Set<Int>

    /// More tokens than any vocabulary has; also bounds the ids that a file may give them.
    static let maximumCount = 1 << 22

    /// A vocabulary that lists its merges.
    ///
    /// - Parameters:
    ///   - texts: every token in the byte alphabet; nil for an id that no token has. No text leads
    ///     to an empty one.
    ///   - literals: tokens whose texts are what they stand for.
    ///   - merges: the earliest first.
    ///   - lastMergeCounts: of two that are the same; as in tokenizers, and not in llama.cpp.
    ///   - takesWholePieces: whether a piece that is a token needs no merges.
    init(
        texts: [String?], literals: Set<Int>, merges: [MergeText], lastMergeCounts: Bool = false,
        takesWholePieces: Bool = false
    ) throws(VocabularyError) {
        var written = ByteStrings()
        var tokens = ByteStrings()
        var missing: Set<Int> = []
        var unwritten: Set<Int> = []
        written.reserve(count: texts.count, byteCount: 10 * texts.count)
        tokens.reserve(count: texts.count, byteCount: 8 * texts.count)
        for (id, text) in texts.enumerated() {
            if text == nil { missing.insert(id) }
            let text = text ?? ""
            if text.isEmpty { unwritten.insert(id) }
            written.append(text.utf8)
            tokens.append(
                (literals.contains(id) ? nil : ByteAlphabet.decode(text)) ?? Array(text.utf8))
        }
        let ids = try Self.table(written, excluding: unwritten)
        self.tokens = tokens
        self.missing = missing
        byteTokens = ByteAlphabet.scalars.map {
            ids.number(of: ArraySlice(String($0).utf8).span) ?? -1
        }
        self.merges = try Self.pairs(merges, ids, lastCounts: lastMergeCounts)
        wholePieces =
            takesWholePieces ? try Self.table(tokens, excluding: unwritten.union(literals)) : nil
    }

    /// A vocabulary that gives every token a rank, which is its id: two tokens merge where their
    /// bytes together are a token, the lowest first (tiktoken).
    ///
    /// - Parameters:
    ///   - ranked: the bytes of the tokens, by rank.
    ///   - added: the bytes of tokens that no merge leads to, behind them.
    init(ranked: ByteStrings, added: [[UInt8]]) throws(VocabularyError) {
        let table = try Self.table(ranked, excluding: [])
        byteTokens = (0...255).map { (byte: UInt8) in table.number(of: [byte].span) ?? -1 }
        if let byte = byteTokens.firstIndex(of: -1) {
            throw VocabularyError(problem: "the byte \(byte) has no rank")
        }
        var merges = PairTable()
        for rank in 0..<ranked.count {
            let token = ranked[rank]
            let bytes = token.span
            for cut in bytes.indices.dropFirst() {
                guard let left = table.number(of: bytes.extracting(..<cut)),
                    let right = table.number(of: bytes.extracting(cut...))
                else { continue }
                let id = Int32(rank)
                merges.add(left, right, PairTable.Merge(rank: id, token: id))
            }
        }
        var tokens = ranked
        for token in added { tokens.append(token) }
        self.tokens = tokens
        self.merges = merges
        wholePieces = table
        missing = []
    }

    /// The bytes of a token; nil for an id that no token has.
    func bytes(of id: Int) -> ArraySlice<UInt8>? {
        guard 0..<tokens.count ~= id, !missing.contains(id) else { return nil }
        return tokens[id]
    }

    private static func table(
        _ strings: ByteStrings, excluding excluded: Set<Int>
    ) throws(VocabularyError) -> ByteStringTable {
        do {
            return try ByteStringTable(strings, excluding: excluded)
        } catch {
            let text = String(decoding: strings[error.second], as: UTF8.self)
            throw VocabularyError(
                problem: "the tokens \(error.first) and \(error.second) are both '\(text)'")
        }
    }

    private static func pairs(
        _ texts: [MergeText], _ ids: ByteStringTable, lastCounts: Bool
    ) throws(VocabularyError) -> PairTable {
        var pairs = PairTable()
        for (rank, text) in texts.enumerated() {
            let whole = text.left + text.right
            guard let left = ids.number(of: text.left.span),
                let right = ids.number(of: text.right.span),
                let token = ids.number(of: whole.span)
            else {
                throw VocabularyError(
                    merge: rank,
                    problem: "the merge '\(text.description)' is not two tokens that make a third")
            }
            pairs.add(
                left, right, PairTable.Merge(rank: Int32(rank), token: token),
                replaces: lastCounts)
        }
        return pairs
    }
}

/// A merge as files write it: two tokens in the byte alphabet.
struct MergeText {
    let left: ArraySlice<UInt8>
    let right: ArraySlice<UInt8>
    /// Where it stands, in a file with a line for each.
    var line: Int?

    init(left: String, right: String) {
        self.left = ArraySlice(left.utf8)
        self.right = ArraySlice(right.utf8)
    }

    /// - Parameter text: `left right`; with any other number of blanks the merge names no tokens.
    init(_ text: ArraySlice<UInt8>, line: Int? = nil) {
        self.line = line
        let space = text.firstIndex(of: UInt8(ascii: " ")) ?? text.endIndex
        left = text[..<space]
        right = text[space...].dropFirst()
    }

    var description: String {
        String(decoding: left.prefix(40) + [UInt8(ascii: " ")] + right.prefix(40), as: UTF8.self)
    }
}

/// Why tokens and merges make no vocabulary.
struct VocabularyError: Error {
    /// The number of the merge that is wrong, from 0; nil when it is something else.
    var merge: Int?
    let problem: String
}
