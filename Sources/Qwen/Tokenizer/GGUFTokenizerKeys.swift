/// The keys of a GGUF file that say how a text becomes tokens.
struct GGUFTokenizerKeys {
    let file: GGUFFile
    /// The tokens by id, in the byte alphabet where they are not added.
    let texts: [String]
    let added: [AddedToken]
    let rule: GGUFSplitRule
    private let warnings: [String]

    private static let prefix = "tokenizer.ggml."
    /// What turns a text into another one in other tokenizers.
    private static let unreadFlags = [
        "add_sep_token", "normalizer.lowercase", "normalizer.strip_accents",
    ]
    /// The tokens that end an answer, by llama.cpp's use of them.
    private static let endNames = ["eos", "eot", "eom", "fim_pad", "fim_rep", "fim_sep"]

    /// - Throws: `QwenError.unsupportedGGUF`, `.invalidTokenizer`.
    init(_ file: GGUFFile) throws(QwenError) {
        self.file = file
        let kind = try file.text(Self.prefix + "model")
        guard kind == "gpt2" else {
            throw .unsupportedGGUF(
                problem: "its tokenizer is '\(kind)'; byte-level BPE ('gpt2') is read")
        }
        for flag in Self.unreadFlags where try file.booleanIfPresent(Self.prefix + flag) == true {
            throw .unsupportedGGUF(
                problem:
                    "\(Self.prefix)\(flag) is true, and byte-level BPE has no such step; set it "
                    + "to false if the model was trained without")
        }
        texts = try file.texts(Self.prefix + "tokens")
        added = try Self.added(file, texts)
        (rule, warnings) = try Self.rule(file, texts)
    }

    private static func rule(
        _ file: GGUFFile, _ texts: [String]
    ) throws(QwenError) -> (GGUFSplitRule, warnings: [String]) {
        let name = try file.textIfPresent(prefix + "pre") ?? ""
        guard !name.isEmpty else {
            let guess = GGUFSplitRule.guess(file, texts)
            guard let rule = GGUFSplitRule.named[guess] else { preconditionFailure("no \(guess)") }
            let warning =
                "the file does not say how its texts are cut (tokenizer.ggml.pre); '\(guess)' is taken, "
                + "as its other keys suggest. If answers are poor, convert the model again"
            return (rule, [warning])
        }
        guard let rule = GGUFSplitRule.named[name] else {
            throw .unsupportedGGUF(
                problem: "its split pattern is '\(name)'; read are "
                    + GGUFSplitRule.named.keys.sorted().joined(separator: ", "))
        }
        return (rule, [])
    }

    /// The tokens that stand for their texts as a whole, by their types.
    ///
    /// Types: 0 undefined, which is normal too, 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte.
    private static func added(
        _ file: GGUFFile, _ texts: [String]
    ) throws(QwenError) -> [AddedToken] {
        let types = try types(file, count: texts.count)
        var added: [AddedToken] = []
        for (id, (text, type)) in zip(texts, types).enumerated() where !text.isEmpty {
            guard 0...6 ~= type else {
                throw .invalidTokenizer(
                    problem:
                        "\(prefix)token_type has \(type) for the token \(id); types go from 0 to 6")
            }
            let isSpecial = type == 2 || type == 3 || EndTokens.isAlwaysSpecial(text)
            guard isSpecial || type == 4 else { continue }
            added.append(AddedToken(id: id, text: text, isSpecial: isSpecial))
        }
        return added
    }

    /// A type for each token; without the key all are normal.
    private static func types(_ file: GGUFFile, count: Int) throws(QwenError) -> [Int] {
        let key = prefix + "token_type"
        switch file.metadata[key] {
        case nil: return Array(repeating: 1, count: count)
        case .integers(let types) where types.count == count: return types
        case .integers(let types):
            throw .invalidTokenizer(
                problem: "it has \(count) tokens and \(types.count) types of them")
        default: throw .unsupportedGGUF(problem: "\(key) is not a list of whole numbers")
        }
    }

    /// The id in a key that names a token; nil where it is missing, or one that no token has: then
    /// llama.cpp goes on without it too.
    func id(_ name: String, _ warnings: inout [String]) throws(QwenError) -> Int? {
        let key = Self.prefix + name + "_token_id"
        guard let id = try file.integerIfPresent(key) else { return nil }
        guard texts.indices ~= id else {
            warnings.append(
                "\(key) is \(id), which none of its \(texts.count) tokens has: left out")
            return nil
        }
        return id
    }

    /// - Throws: `QwenError.unsupportedGGUF`, `.invalidTokenizer`.
    func parts() throws(QwenError) -> TokenizerParts {
        var parts = TokenizerParts(
            vocabulary: try vocabulary(), splitter: rule.splitter,
            isComposed: rule.splitter.goesWithComposedText, added: added, warnings: warnings)
        parts.endTokens = EndTokens.named(texts.enumerated().lazy.map { (id: $0, text: $1) })
        for name in Self.endNames {
            if let id = try id(name, &parts.warnings) { parts.endTokens.insert(id) }
        }
        parts.beginToken = try id("bos", &parts.warnings)
        parts.wantsTrailingTokens =
            try file.booleanIfPresent(Self.prefix + "add_eos_token") ?? false
        let addsBegin = try file.booleanIfPresent(Self.prefix + "add_bos_token")
        if addsBegin ?? rule.addsBeginToken {
            guard let begin = parts.beginToken else {
                throw .invalidTokenizer(
                    problem: "its texts begin with the begin token"
                        + (addsBegin == nil ? ", as \(Self.prefix)pre says" : " (add_bos_token)")
                        + ", and \(Self.prefix)bos_token_id does not say which that is; set it, or "
                        + "add_bos_token to false")
            }
            parts.leadingTokens = [begin]
        }
        return parts
    }

    private func vocabulary() throws(QwenError) -> Vocabulary {
        let merges = try file.texts(Self.prefix + "merges")
        for (what, count) in [("tokens", texts.count), ("merges", merges.count)]
        where count > Vocabulary.maximumCount || (what == "tokens" && count == 0) {
            throw .invalidTokenizer(problem: "it has \(count) \(what)")
        }
        do {
            return try Vocabulary(
                texts: texts, literals: Set(added.map(\.id)),
                merges: merges.map { MergeText(ArraySlice($0.utf8)) },
                takesWholePieces: rule.takesWholePieces)
        } catch {
            throw .invalidTokenizer(
                problem: (error.merge.map { "at merge \($0), " } ?? "") + error.problem)
        }
    }
}

/// What a name in a GGUF file's `tokenizer.ggml.pre` stands for.
struct GGUFSplitRule: Equatable {
    let splitter: Splitter
    /// Whether a piece that is a token needs no merges.
    var takesWholePieces = false
    /// Whether a text has a begin token where the file does not say.
    var addsBeginToken = false

    private static let llama3 = GGUFSplitRule(
        splitter: .llama3, takesWholePieces: true, addsBeginToken: true)

    static let named: [String: GGUFSplitRule] = [
        "qwen2": GGUFSplitRule(splitter: .qwen2),
        "deepseek-r1-qwen": GGUFSplitRule(splitter: .qwen2),
        "kormo": GGUFSplitRule(splitter: .qwen2),
        "f2llmv2": GGUFSplitRule(splitter: .qwen2),
        "megrez": GGUFSplitRule(splitter: .qwen2),
        "llama-bpe": llama3,
        "llama3": llama3,
        "llama-v3": llama3,
        "smaug-bpe": GGUFSplitRule(splitter: .llama3),
        "gpt-2": GGUFSplitRule(splitter: .gpt2),
        "smollm": GGUFSplitRule(splitter: .smollm),
        "default": GGUFSplitRule(splitter: .llamaCpp),
    ]

    /// Where Qwen's vocabulary has the token that ends a text.
    private static let qwenEnd = 151_643

    /// The name that a file without one most likely means: files before May 2024 have none.
    static func guess(_ file: GGUFFile, _ texts: [String]) -> String {
        let isQwen =
            texts.indices ~= qwenEnd && texts[qwenEnd] == "<|endoftext|>"
            && texts.contains("<|im_start|>")
        if isQwen { return "qwen2" }
        if case .text(let name) = file.metadata["general.architecture"],
            let rule = Architecture(rawValue: name)?.family.gguf?.splitRule
        {
            return rule
        }
        return texts.contains("<|begin_of_text|>") ? "llama-bpe" : "default"
    }
}

extension Tokenizer {
    /// The tokenizer of a GGUF file.
    ///
    /// - Throws: `QwenError.unsupportedGGUF` for another kind of tokenizer,
    ///   `.invalidTokenizer` for one that contradicts itself.
    package init(_ file: GGUFFile) throws(QwenError) {
        try self.init(GGUFTokenizerKeys(file).parts())
    }
}
