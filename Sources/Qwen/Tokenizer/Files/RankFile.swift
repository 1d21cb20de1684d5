/// A vocabulary as tiktoken keeps it: in each line a token in base64 and its rank.
struct RankFile {
    /// The ranks of `qwen.tiktoken`; the specials follow them.
    static let qwenCount = 151_643

    /// No token is longer; the ways to cut a token are tried one by one.
    private static let maximumTokenBytes = 512

    private let file: ModelFile
    private let tokens: ByteStrings

    /// - Parameter count: how many ranks it must have, each from 0 once.
    /// - Throws: `QwenError.invalidModelFile` naming the line.
    init(_ file: ModelFile, count: Int = qwenCount) throws(QwenError) {
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
    /// - Throws: `QwenError.invalidModelFile`.
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

/// Base64 with padding (RFC 4648, section 4).
enum Base64 {
    /// What each byte stands for, or 255.
    private static let digits: [UInt8] = {
        var digits = [UInt8](repeating: 255, count: 256)
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        for (digit, byte) in alphabet.utf8.enumerated() { digits[Int(byte)] = UInt8(digit) }
        return digits
    }()

    /// The bytes that a text stands for, or nil if it is not base64.
    static func decode(_ text: some BidirectionalCollection<UInt8>) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        let padding = text.suffix(2).count { $0 == UInt8(ascii: "=") }
        var result: [UInt8] = []
        result.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        var bitCount = 0
        for byte in text.dropLast(padding) {
            let digit = digits[Int(byte)]
            guard digit != 255 else { return nil }
            bits = bits << 6 & 0xffff | UInt32(digit)
            bitCount += 6
            guard bitCount >= 8 else { continue }
            bitCount -= 8
            result.append(UInt8(truncatingIfNeeded: bits >> UInt32(bitCount)))
        }
        // Bits that no byte takes are zero.
        guard bits & (1 << UInt32(bitCount) - 1) == 0 else { return nil }
        return result
    }
}
