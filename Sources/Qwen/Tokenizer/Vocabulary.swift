/// The tokens of a byte-level BPE and the order in which pairs of them merge.
struct Vocabulary: Sendable {
    /// The bytes of each token.
    let tokens: [[UInt8]]
    /// Ids of the bytes that begin every merge; -1 for a byte the vocabulary cannot write.
    let byteTokens: [Int32]
    /// What two tokens merge into, and how early.
    let merges: [Pair: Merge]
    /// Tokens that stand for themselves in text, by their text: control and user-defined ones.
    let specials: [String: Int]

    struct Pair: Hashable, Sendable {
        let left: Int32
        let right: Int32
    }

    struct Merge: Sendable {
        let rank: Int32
        let token: Int32
    }

    /// More tokens than any vocabulary has.
    private static let maximumCount = 1 << 24

    /// GGUF's `tokenizer.ggml.token_type`: control and user-defined tokens are special.
    private static let specialTypes: Set<Int> = [3, 4]

    /// - Parameters:
    ///   - texts: every token in the byte alphabet, specials as they are.
    ///   - types: one for each token, or empty.
    ///   - mergeTexts: pairs as `left right`, the earliest merge first.
    /// - Throws: `QwenError.invalidTokenizer`.
    init(texts: [String], types: [Int], mergeTexts: [String]) throws(QwenError) {
        guard !texts.isEmpty, texts.count <= Self.maximumCount else {
            throw .invalidTokenizer(problem: "it has \(texts.count) tokens")
        }
        guard types.isEmpty || types.count == texts.count else {
            throw .invalidTokenizer(
                problem: "it has \(texts.count) tokens and \(types.count) types of them")
        }
        var ids: [String: Int32] = [:]
        ids.reserveCapacity(texts.count)
        var specials: [String: Int] = [:]
        var tokens: [[UInt8]] = []
        tokens.reserveCapacity(texts.count)
        for (id, text) in texts.enumerated() {
            guard ids.updateValue(Int32(id), forKey: text) == nil else {
                throw .invalidTokenizer(problem: "the token '\(text)' stands there twice")
            }
            if !types.isEmpty, Self.specialTypes.contains(types[id]) {
                if !text.isEmpty { specials[text] = id }
                tokens.append(Array(text.utf8))
            } else {
                tokens.append(ByteAlphabet.decode(text) ?? Array(text.utf8))
            }
        }
        self.tokens = tokens
        self.specials = specials
        byteTokens = ByteAlphabet.scalars.map { ids[String($0)] ?? -1 }
        merges = try Self.merges(mergeTexts, ids)
    }

    private static func merges(
        _ texts: [String], _ ids: [String: Int32]
    ) throws(QwenError) -> [Pair: Merge] {
        guard texts.count <= maximumCount else {
            throw .invalidTokenizer(problem: "it has \(texts.count) merges")
        }
        var merges: [Pair: Merge] = [:]
        merges.reserveCapacity(texts.count)
        for (rank, text) in texts.enumerated() {
            let parts = text.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2, let left = ids[String(parts[0])],
                let right = ids[String(parts[1])], let token = ids[String(parts[0] + parts[1])]
            else {
                throw .invalidTokenizer(
                    problem: "merge \(rank) '\(text)' is not two tokens that make a third")
            }
            let pair = Pair(left: left, right: right)
            if merges[pair] == nil {
                merges[pair] = Merge(rank: Int32(rank), token: token)
            }
        }
        return merges
    }
}
