/// A vocabulary as tiktoken keeps it: in each line a token in base64 and its rank.
struct RankFile {
    /// The ranks of `qwen.tiktoken`; the specials follow them.
    static let qwenCount = 151_643

    /// No token is longer; the ways to cut a token are tried one by one.
    private static let maximumTokenBytes = 512

    private let file: TokenizerFile
    private let tokens: ByteStrings

    /// - Parameter count: how many ranks it must have, each from 0 once.
    /// - Throws: `QwenError.invalidTokenizerFile` naming the line.
    init(_ file: TokenizerFile, count: Int = qwenCount) throws(QwenError) {
        self.file = file
        var byRank = [[UInt8]?](repeating: nil, count: count)
        try file.forEachLine { (line, number) throws(QwenError) in
            guard let space = line.firstIndex(of: UInt8(ascii: " ")),
                let token = Base64.decode(line[..<space]),
                1...Self.maximumTokenBytes ~= token.count
            else {
                throw file.invalid(line: number, "there is no token in base64, a blank and a rank")
            }
            let text = String(decoding: line[space...].dropFirst().prefix(24), as: UTF8.self)
            guard let rank = Int(text), byRank.indices ~= rank else {
                throw file.invalid(
                    line: number, "the rank '\(text)' is not one of 0 to \(count - 1)")
            }
            guard byRank[rank] == nil else {
                throw file.invalid(line: number, "the rank \(rank) stands there twice")
            }
            byRank[rank] = token
        }
        var tokens = ByteStrings()
        tokens.reserve(count: count, byteCount: 8 * count)
        for (rank, token) in byRank.enumerated() {
            guard let token else { throw file.invalid("the rank \(rank) of \(count) is missing") }
            tokens.append(token)
        }
        self.tokens = tokens
    }

    /// The tokenizer of Qwen's first generation: these ranks, its specials behind them, and text
    /// brought into normal form C (its `tokenization_qwen.py`).
    ///
    /// - Throws: `QwenError.invalidTokenizerFile`.
    func parts() throws(QwenError) -> TokenizerParts {
        let names =
            ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
            + (0...204).map { "<|extra_\($0)|>" }
        let added = names.enumerated().map {
            AddedToken(id: tokens.count + $0, text: $1, isNormalised: true)
        }
        let vocabulary: Vocabulary
        do {
            vocabulary = try Vocabulary(ranked: tokens, added: names.map { Array($0.utf8) })
        } catch {
            throw file.invalid(error.problem)
        }
        return TokenizerParts(
            vocabulary: vocabulary, splitter: .qwen2,
            isComposed: Splitter.qwen2.goesWithComposedText, added: added,
            endTokens: [added[0].id, added[2].id])
    }
}
