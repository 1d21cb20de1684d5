extension GenerationConfiguration {
    private static let prefix = "general.sampling."
    private static let suppressedKey = "tokenizer.ggml.suppress_tokens"

    /// Other ways to draw in llama.cpp, with the number that changes nothing; nil where none does.
    private static let undoneKeys: [(key: String, neutral: Double?)] = [
        ("sequence", nil), ("min_p", 0), ("xtc_probability", 0), ("mirostat", 0),
    ]
    /// What these do, they do beside another key.
    private static let dependentKeys = [
        ("xtc_threshold", "xtc_probability"), ("mirostat_tau", "mirostat"),
        ("mirostat_eta", "mirostat"),
    ]

    /// What a GGUF file says.
    ///
    /// - Parameter vocabularySize: rows that the model has for tokens.
    /// - Throws: `QwenError.unsupportedGGUF` naming the key for a value that cannot be.
    package init(_ file: GGUFFile, vocabularySize: Int) throws(QwenError) {
        self.init()
        func number(
            _ name: String, _ kind: String, _ isValid: (Double) -> Bool
        ) throws(QwenError) -> Double? {
            let key = Self.prefix + name
            guard file.metadata[key] != nil else { return nil }
            let number = try file.number(key)
            guard number.isFinite, isValid(number) else {
                throw .unsupportedGGUF(problem: "\(key) is \(number), and not a number \(kind)")
            }
            return number
        }
        // llama.cpp is greedy at 0 and below, and takes all tokens where k is not above 0.
        if let temperature = try number("temp", "", { _ in true }) {
            draws = temperature > 0
            self.temperature = max(0, Float(temperature))
        }
        if let k = try number("top_k", "of 32 bits", { abs($0) <= Double(Int32.max) }) {
            topK = max(0, Int(k))
        } else if draws == true {
            topK = 0
        }
        topP = try number("top_p", "above 0 and up to 1") { $0 > 0 && $0 <= 1 }.map { Float($0) }
        repetitionPenalty = try number("penalty_repeat", "above 0") { $0 > 0 }.map { Float($0) }
        try readSuppressed(file, vocabularySize)
        readUndone(file)
    }

    private mutating func readSuppressed(
        _ file: GGUFFile, _ vocabularySize: Int
    ) throws(QwenError) {
        guard let value = file.metadata[Self.suppressedKey] else { return }
        guard case .integers(let ids) = value else {
            throw .unsupportedGGUF(problem: "\(Self.suppressedKey) is not a list of whole numbers")
        }
        let known = Set(ids).filter { 0..<vocabularySize ~= $0 }
        guard known.count < vocabularySize else {
            throw .unsupportedGGUF(problem: "\(Self.suppressedKey) leaves no token to choose")
        }
        suppressedTokens = known.sorted()
    }

    private mutating func readUndone(_ file: GGUFFile) {
        func value(_ name: String) -> GGUFValue? { file.metadata[Self.prefix + name] }
        var active: Set<String> = []
        for (name, neutral) in Self.undoneKeys {
            guard let value = value(name) else { continue }
            let number: Double? =
                switch value {
                case .integer(let number): Double(number)
                case .number(let number): number
                default: nil
                }
            if number == nil || number != neutral { active.insert(name) }
        }
        for (name, other) in Self.dependentKeys where value(name) != nil && active.contains(other) {
            active.insert(name)
        }
        // The penalty is for the whole text here, which −1 asks for there.
        if let last = value("penalty_last_n"), last != .integer(-1), repetitionPenalty ?? 1 != 1 {
            active.insert("penalty_last_n")
        }
        undone = active.sorted().map { Self.prefix + $0 }
    }
}
