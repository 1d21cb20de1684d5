/// The tokenizer of a GGUF file, as the files that a Hugging Face directory has for it.
struct GGUFTokenizer {
    let files: [(name: String, bytes: [UInt8])]
    /// What `config.json` says of it.
    let configurationMembers: [JSON.Member]

    /// The text of a token, and its number.
    private typealias Token = (text: String, id: Int)

    /// - Throws: `QwenError` for a tokenizer that is not read.
    init(_ file: GGUFFile) throws(QwenError) {
        let tokenizer = try Tokenizer(file)
        let texts = try file.texts("tokenizer.ggml.tokens")
        let added = try Tokenizer.added(file, texts)
        let end = try file.integerIfPresent("tokenizer.ggml.eos_token_id").map { (texts[$0], $0) }
        let begin = tokenizer.beginToken.map { (texts[$0], $0) }
        let document: JSON = [
            "version": "1.0",
            "truncation": .null,
            "padding": .null,
            "added_tokens": .array(added.map(Self.json)),
            "normalizer": try Tokenizer.splitter(file).normalizer,
            "pre_tokenizer": try Tokenizer.splitter(file).preTokenizer,
            "post_processor": tokenizer.addsBeginToken ? Self.template(begin) : .null,
            "decoder": [
                "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
                "use_regex": true,
            ],
            "model": Self.model(texts, merges: try file.texts("tokenizer.ggml.merges")),
        ]
        var members: [JSON.Member] = []
        if let begin { members.append(JSON.Member(name: "bos_token_id", value: .integer(begin.1))) }
        let ends = tokenizer.endTokens.sorted().map { JSON.integer($0) }
        if let first = ends.first {
            members.append(
                JSON.Member(
                    name: "eos_token_id", value: ends.count == 1 ? first : .array(ends)))
        }
        configurationMembers = members
        files = [
            ("tokenizer.json", JSONWriter.bytes(document)),
            (
                "tokenizer_config.json",
                JSONWriter.bytes(
                    Self.configuration(
                        begin: begin, addsBegin: tokenizer.addsBeginToken, end: end,
                        template: file.metadata["tokenizer.chat_template"]))
            ),
            ("generation_config.json", JSONWriter.bytes(.object(members))),
        ]
    }

    private static func json(_ token: AddedToken) -> JSON {
        [
            "id": .integer(token.id), "content": .string(token.text), "single_word": false,
            "lstrip": false, "rstrip": false, "normalized": .boolean(token.isNormalised),
            "special": .boolean(token.isSpecial),
        ]
    }

    private static func model(_ texts: [String], merges: [String]) -> JSON {
        [
            "type": "BPE",
            "dropout": .null,
            "unk_token": .null,
            "continuing_subword_prefix": .null,
            "end_of_word_suffix": .null,
            "fuse_unk": false,
            "byte_fallback": false,
            "ignore_merges": false,
            "vocab": .object(
                texts.enumerated().map { JSON.Member(name: $1, value: .integer($0)) }),
            "merges": .array(merges.map { .string($0) }),
        ]
    }

    /// Puts a token before every text.
    private static func template(_ begin: Token?) -> JSON {
        guard let begin else { return .null }
        let token: JSON = ["SpecialToken": ["id": .string(begin.text), "type_id": 0]]
        let first: JSON = ["Sequence": ["id": "A", "type_id": 0]]
        return [
            "type": "TemplateProcessing",
            "single": [token, first],
            "pair": [token, first, ["Sequence": ["id": "B", "type_id": 1]]],
            "special_tokens": .object([
                JSON.Member(
                    name: begin.text,
                    value: [
                        "id": .string(begin.text), "ids": [.integer(begin.id)],
                        "tokens": [.string(begin.text)],
                    ])
            ]),
        ]
    }

    private static func configuration(
        begin: Token?, addsBegin: Bool, end: Token?, template: GGUFValue?
    ) -> JSON {
        var members = [
            JSON.Member(name: "tokenizer_class", value: "PreTrainedTokenizerFast"),
            JSON.Member(name: "add_bos_token", value: .boolean(addsBegin)),
            JSON.Member(name: "clean_up_tokenization_spaces", value: false),
        ]
        if let begin {
            members.append(JSON.Member(name: "bos_token", value: .string(begin.text)))
        }
        if let end { members.append(JSON.Member(name: "eos_token", value: .string(end.text))) }
        if case .text(let template) = template {
            members.append(JSON.Member(name: "chat_template", value: .string(template)))
        }
        return .object(members)
    }
}

extension Splitter {
    /// How a `tokenizer.json` writes it.
    fileprivate var preTokenizer: JSON {
        switch self {
        case .qwen2: Self.split(TokenizerDocument.qwenPattern(numbers: #"\p{N}"#))
        case .llama3: Self.split(TokenizerDocument.qwenPattern(numbers: #"\p{N}{1,3}"#))
        case .gpt2: Self.bytes(splits: true)
        case .smollm:
            [
                "type": "Sequence",
                "pretokenizers": [
                    ["type": "Digits", "individual_digits": true], Self.bytes(splits: true),
                ],
            ]
        }
    }

    /// GGUF files do not say; that of Qwen's own files goes with its pattern.
    fileprivate var normalizer: JSON {
        switch self {
        case .qwen2: ["type": "NFC"]
        case .llama3, .gpt2, .smollm: .null
        }
    }

    private static func split(_ pattern: String) -> JSON {
        [
            "type": "Sequence",
            "pretokenizers": [
                [
                    "type": "Split", "pattern": ["Regex": .string(pattern)],
                    "behavior": "Isolated", "invert": false,
                ],
                bytes(splits: false),
            ],
        ]
    }

    private static func bytes(splits: Bool) -> JSON {
        [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
            "use_regex": .boolean(splits),
        ]
    }
}
