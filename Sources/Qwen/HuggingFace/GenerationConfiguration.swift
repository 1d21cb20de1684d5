/// `generation_config.json` of a Hugging Face directory: how its authors have the model answer.
///
/// Keys as transformers' `GenerationConfig` has them, and two of Qwen v1's; unknown ones are
/// ignored. nil is what the file does not say.
package struct GenerationConfiguration: Equatable, Sendable {
    /// `eos_token_id`, one or a list: the tokens that end an answer, in place of the tokenizer's.
    package private(set) var endTokens: Set<Int>?
    /// `do_sample`: whether tokens are drawn; without it they are not.
    package private(set) var draws: Bool?
    /// `temperature`.
    package private(set) var temperature: Float?
    /// `top_k`.
    package private(set) var topK: Int?
    /// `top_p`.
    package private(set) var topP: Float?
    /// `repetition_penalty`.
    package private(set) var repetitionPenalty: Float?
    /// `max_new_tokens`.
    package private(set) var newTokens: Int?
    /// `chat_format` of Qwen v1: `chatml` or `raw`.
    package private(set) var chatFormat: String?
    /// `max_window_size` of Qwen v1: tokens that the prompt of a chat has at most.
    package private(set) var windowSize: Int?

    private static let fileName = "generation_config.json"
    /// More positions than any model can have.
    private static let mostTokens = 1 << 24
    /// What transformers takes where a file draws and does not say.
    private static let usualTopK = 50

    /// A file that says nothing.
    package init() {}

    /// Reads the file of a directory; one that is not there says nothing.
    ///
    /// - Parameter vocabularySize: rows that the model has for tokens.
    /// - Throws: `MachineError` for a file that cannot be read; `QwenError.invalidTokenizerFile`
    ///   naming the key for one that is no JSON object, or has a value that cannot be.
    package init(directory: String, vocabularySize: Int) throws {
        try self.init(.directory(directory), vocabularySize: vocabularySize)
    }

    /// Reads the file of a folder.
    init(_ folder: ModelFolder, vocabularySize: Int) throws {
        guard let file = try TokenizerFile(Self.fileName, in: folder) else { return }
        let values = try Values(file)
        endTokens = try values.tokens("eos_token_id", vocabularySize)
        draws = try values.boolean("do_sample")
        temperature = try values.number("temperature", "of 0 or more") { $0 >= 0 }
        topK = try values.integer("top_k", in: 0...Int(Int32.max))
        topP = try values.number("top_p", "above 0 and up to 1") { $0 > 0 && $0 <= 1 }
        repetitionPenalty = try values.number("repetition_penalty", "above 0") { $0 > 0 }
        newTokens = try values.integer("max_new_tokens", in: 1...Self.mostTokens)
        chatFormat = try values.text("chat_format")
        windowSize = try values.integer("max_window_size", in: 1...Self.mostTokens)
    }

    /// The options that it makes of others: what it does not say stays.
    ///
    /// A file that draws draws at a temperature of 1 from the 50 most probable tokens where it says
    /// nothing else, as transformers does; one that does not draw, or does not say, is greedy.
    package func sampling(over options: SamplingOptions) -> SamplingOptions {
        var result = options
        switch draws {
        case true?:
            result.temperature = temperature ?? 1
            result.topK = Self.usualTopK
        case false?: result.temperature = 0
        case nil: break
        }
        if let topK { result.topK = topK }
        if let topP { result.topP = topP }
        if let repetitionPenalty { result.repetitionPenalty = repetitionPenalty }
        return result
    }
}

extension GenerationConfiguration {
    /// The values of the file, each nil where it is missing or null.
    private struct Values {
        let file: TokenizerFile
        let json: JSON

        init(_ file: TokenizerFile) throws(QwenError) {
            self.file = file
            json = try file.json()
            guard json.members != nil else { throw file.invalid("it is no JSON object") }
        }

        func boolean(_ key: String) throws(QwenError) -> Bool? {
            guard let value = json[key] else { return nil }
            guard let boolean = value.boolean else { throw isNot(key, "true or false") }
            return boolean
        }

        func text(_ key: String) throws(QwenError) -> String? {
            guard let value = json[key] else { return nil }
            guard let text = value.string else { throw isNot(key, "a text") }
            return text
        }

        func integer(_ key: String, in range: ClosedRange<Int>) throws(QwenError) -> Int? {
            guard let value = json[key] else { return nil }
            guard let integer = value.integer, range ~= integer else {
                throw isNot(
                    key, "a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return integer
        }

        func number(
            _ key: String, _ kind: String, _ isValid: (Float) -> Bool
        ) throws(QwenError) -> Float? {
            guard let value = json[key] else { return nil }
            guard let number = value.number.map({ Float($0) }), number.isFinite, isValid(number)
            else { throw isNot(key, "a number \(kind)") }
            return number
        }

        func tokens(_ key: String, _ vocabularySize: Int) throws(QwenError) -> Set<Int>? {
            guard let value = json[key] else { return nil }
            let elements = value.array ?? [value]
            let ids = elements.compactMap(\.integer).filter { 0..<vocabularySize ~= $0 }
            guard !elements.isEmpty, ids.count == elements.count else {
                throw isNot(
                    key, "a token, or a list of tokens, from 0 to \(vocabularySize - 1)")
            }
            return Set(ids)
        }

        private func isNot(_ key: String, _ kind: String) -> QwenError {
            file.invalid("\(key) is not \(kind)")
        }
    }
}
