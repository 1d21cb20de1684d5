internal import JSON

extension GenerationConfiguration {
    /// Keys that make other answers in transformers and are not done here, with the values with which
    /// they change nothing.
    private static let undoneKeys: [(key: String, neutral: [JSON])] = [
        ("min_p", [0]), ("typical_p", [1]), ("top_h", []), ("epsilon_cutoff", [0]),
        ("eta_cutoff", [0]), ("num_beams", [1]), ("penalty_alpha", [0]),
        ("no_repeat_ngram_size", [0]), ("encoder_no_repeat_ngram_size", [0]), ("min_length", [0]),
        ("min_new_tokens", [0]), ("bad_words_ids", [.array([])]), ("sequence_bias", [.object([])]),
        ("begin_suppress_tokens", [.array([])]), ("forced_bos_token_id", []),
        ("forced_eos_token_id", []), ("exponential_decay_length_penalty", []),
        ("guidance_scale", [1]), ("stop_strings", [.array([])]), ("watermarking_config", []),
        ("token_healing", [false]), ("encoder_repetition_penalty", [1]), ("dola_layers", []),
        ("force_words_ids", [.array([])]), ("constraints", [.array([])]),
    ]

    /// Reads the files of a directory; one that is not there says nothing.
    ///
    /// - Parameter vocabularySize: rows that the model has for tokens.
    /// - Throws: `MachineError` for a file that cannot be read; `QwenError.invalidModelFile`
    ///   for one that is no JSON object, `.unusableValue` naming the key for a value that cannot be.
    package init(directory: String, vocabularySize: Int) throws {
        try self.init(.directory(directory), vocabularySize: vocabularySize)
    }

    /// Reads the files of a folder.
    init(_ folder: ModelFolder, vocabularySize: Int) throws {
        self.init()
        if let values = try FileValues("generation_config.json", in: folder) {
            try read(values, vocabularySize)
        }
        if let values = try FileValues("config.json", in: folder) {
            endTokens.formUnion(try values.tokens("eos_token_id", vocabularySize) ?? [])
        }
    }

    private mutating func read(_ values: FileValues, _ vocabularySize: Int) throws(QwenError) {
        endTokens = try values.tokens("eos_token_id", vocabularySize) ?? []
        draws = try values.boolean("do_sample")
        temperature = try values.number("temperature", "of 0 or more") { $0 >= 0 }
        topK = try values.integer("top_k", in: 0...Int(Int32.max))
        topP = try values.number("top_p", "above 0 and up to 1") { $0 > 0 && $0 <= 1 }
        repetitionPenalty = try values.number("repetition_penalty", "above 0") { $0 > 0 }
        newTokens = try values.integer("max_new_tokens", in: 1...Self.mostTokens)
        positions = try values.integer("max_length", in: 1...Self.mostTokens)
        chatFormat = try values.text("chat_format")
        windowSize = try values.integer("max_window_size", in: 1...Self.mostTokens)
        try readSuppressed(values, vocabularySize)
        try readStopWords(values, vocabularySize)
        for (key, neutral) in Self.undoneKeys {
            guard let value = values[key], !neutral.contains(where: { $0.isEqual(value) }) else {
                continue
            }
            undone.append(key)
        }
    }

    private mutating func readSuppressed(
        _ values: FileValues, _ vocabularySize: Int
    ) throws(QwenError) {
        guard let value = values["suppress_tokens"] else { return }
        guard let ids = value.array?.compactMap(\.integer), ids.count == value.array?.count else {
            throw values.isNot("suppress_tokens", "a list of tokens")
        }
        // Those that the model has no row for are never chosen anyway.
        let known = Set(ids).filter { 0..<vocabularySize ~= $0 }
        guard known.count < vocabularySize else {
            throw values.isNot("suppress_tokens", "a list that leaves a token to choose")
        }
        suppressedTokens = known.sorted()
    }

    /// `stop_words_ids` of Qwen v1: lists of tokens, of which those of one token end an answer.
    private mutating func readStopWords(
        _ values: FileValues, _ vocabularySize: Int
    ) throws(QwenError) {
        guard let value = values["stop_words_ids"] else { return }
        guard let words = value.array?.compactMap({ $0.array?.compactMap(\.integer) }),
            words.count == value.array?.count,
            words.allSatisfy({ $0.allSatisfy { 0..<vocabularySize ~= $0 } })
        else {
            throw values.isNot(
                "stop_words_ids", "a list of lists of tokens from 0 to \(vocabularySize - 1)")
        }
        for word in words where word.count == 1 { endTokens.insert(word[0]) }
        if words.contains(where: { $0.count > 1 }) { undone.append("stop_words_ids") }
    }
}

extension JSON {
    /// Whether two values are the same, numbers by what they are worth.
    fileprivate func isEqual(_ other: JSON) -> Bool {
        if let number, let otherNumber = other.number { return number == otherNumber }
        return self == other
    }
}
