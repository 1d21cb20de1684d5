/// Text to token ids and back: byte-level BPE as the model's file defines it.
package struct Tokenizer: Sendable {
    /// Ids that end an answer.
    package let endTokens: Set<Int>
    package let beginToken: Int?
    /// Whether a prompt begins with `beginToken`.
    package let addsBeginToken: Bool

    private let vocabulary: Vocabulary
    private let splitter: Splitter
    /// Special texts, the longest first, so that none hides a longer one.
    private let specials: [(text: [Unicode.Scalar], id: Int)]

    package var vocabularySize: Int { vocabulary.tokens.count }

    /// - Throws: `QwenError.unsupportedGGUF` for another kind of tokenizer,
    ///   `.invalidTokenizer` for one that contradicts itself.
    package init(_ file: GGUFFile) throws(QwenError) {
        let kind = try file.text("tokenizer.ggml.model")
        guard kind == "gpt2" else {
            throw .unsupportedGGUF(
                problem: "its tokenizer is '\(kind)'; byte-level BPE ('gpt2') is read")
        }
        let pattern = try file.text("tokenizer.ggml.pre")
        switch pattern {
        case "qwen2": splitter = .qwen2
        case "smollm": splitter = .smollm
        default:
            throw .unsupportedGGUF(
                problem: "its split pattern is '\(pattern)'; qwen2 and smollm are read")
        }
        var types: [Int] = []
        if case .integers(let values) = file.metadata["tokenizer.ggml.token_type"] {
            types = values
        }
        vocabulary = try Vocabulary(
            texts: file.texts("tokenizer.ggml.tokens"), types: types,
            mergeTexts: file.texts("tokenizer.ggml.merges"))
        specials = vocabulary.specials
            .map { (Array($0.key.unicodeScalars), $0.value) }
            .sorted { ($0.0.count, $1.1) > ($1.0.count, $0.1) }
        let count = vocabulary.tokens.count
        func id(_ key: String) throws(QwenError) -> Int? {
            guard let id = try file.integerIfPresent(key) else { return nil }
            guard 0..<count ~= id else {
                throw .invalidTokenizer(problem: "\(key) is \(id) of \(count) tokens")
            }
            return id
        }
        let ends = [
            try id("tokenizer.ggml.eos_token_id"), try id("tokenizer.ggml.eot_token_id"),
        ]
        endTokens = Set(ends.compactMap { $0 })
        beginToken = try id("tokenizer.ggml.bos_token_id")
        addsBeginToken = try file.booleanIfPresent("tokenizer.ggml.add_bos_token") ?? false
    }

    /// The token ids of a text.
    ///
    /// - Parameter recognisesSpecials: whether `<|im_start|>` and the like in the text are taken
    ///   as the tokens they name, and not as the characters they are written with.
    /// - Throws: `QwenError.unwritableByte` for a character that the vocabulary cannot write.
    package func encode(
        _ text: String, recognisesSpecials: Bool = false
    ) throws(QwenError) -> [Int] {
        var tokens: [Int] = []
        var merger = Merger(vocabulary)
        var rest = Substring(text).unicodeScalars
        while recognisesSpecials, let special = firstSpecial(in: rest) {
            try encode(rest[..<special.range.lowerBound], with: &merger, into: &tokens)
            tokens.append(special.id)
            rest = rest[special.range.upperBound...]
        }
        try encode(rest, with: &merger, into: &tokens)
        return tokens
    }

    private func encode(
        _ text: Substring.UnicodeScalarView, with merger: inout Merger, into tokens: inout [Int]
    ) throws(QwenError) {
        for piece in splitter.split(text) {
            try merger.merge(Array(Substring(piece).utf8), into: &tokens)
        }
    }

    /// The bytes that tokens stand for.
    ///
    /// - Throws: `QwenError.unknownToken`.
    package func bytes(of token: Int) throws(QwenError) -> [UInt8] {
        guard vocabulary.tokens.indices ~= token else {
            throw .unknownToken(token, vocabularySize: vocabularySize)
        }
        return vocabulary.tokens[token]
    }

    /// The text of tokens; bytes that are no UTF-8 become U+FFFD.
    ///
    /// - Throws: `QwenError.unknownToken`.
    package func decode(_ tokens: [Int]) throws(QwenError) -> String {
        var bytes: [UInt8] = []
        for token in tokens { bytes += try self.bytes(of: token) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private typealias Scalars = Substring.UnicodeScalarView

    private func firstSpecial(in text: Scalars) -> (range: Range<Scalars.Index>, id: Int)? {
        for start in text.indices {
            for special in specials where special.text.first == text[start] {
                if let end = end(of: special.text, in: text, from: start) {
                    return (start..<end, special.id)
                }
            }
        }
        return nil
    }

    private func end(
        of wanted: [Unicode.Scalar], in text: Scalars, from start: Scalars.Index
    ) -> Scalars.Index? {
        var index = start
        for scalar in wanted {
            guard index < text.endIndex, text[index] == scalar else { return nil }
            index = text.index(after: index)
        }
        return index
    }
}
