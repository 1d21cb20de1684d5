/// The text of an answer, as its tokens come.
package struct StreamedText {
    private let vocabularySize: Int
    private var decoder: IncrementalDecoder

    package init(_ tokenizer: Tokenizer) {
        vocabularySize = tokenizer.vocabularySize
        decoder = IncrementalDecoder(tokenizer)
    }

    /// The text that is complete with this token; none for a token beyond the vocabulary, which
    /// models may have rows for.
    package mutating func append(_ token: Int) throws(QwenError) -> String {
        token < vocabularySize ? try decoder.append(token) : ""
    }

    /// What is left of a character that was cut off.
    package mutating func finish() -> String { decoder.finish() }

    /// The text of a whole answer.
    package static func text(_ tokens: [Int], _ tokenizer: Tokenizer) throws(QwenError) -> String {
        var stream = StreamedText(tokenizer)
        var text = ""
        for token in tokens { text += try stream.append(token) }
        return text + stream.finish()
    }
}
