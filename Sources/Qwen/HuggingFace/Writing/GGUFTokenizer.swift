internal import JSON

/// The tokenizer of a GGUF file, as the files that a Hugging Face directory has for it.
struct GGUFTokenizer {
    let files: [(name: String, bytes: [UInt8])]
    /// What `config.json` says of it.
    let configurationMembers: [JSON.Member]
    let warnings: [String]

    /// The text of a token, and its number.
    private typealias Token = (text: String, id: Int)

    /// - Throws: `QwenError` for a tokenizer that is not read.
    init(_ file: GGUFFile) throws(QwenError) {
        let keys = try GGUFTokenizerKeys(file)
        let parts = try keys.parts()
        // Of what contradicts itself nothing is written.
        _ = try Tokenizer(parts)
        let generation = try GenerationConfiguration(
            file, vocabularySize: keys.texts.count)
        warnings =
            parts.warnings
            + (generation.undone.isEmpty
                ? []
                : [
                    "left out of generation_config.json, as it is not done here: "
                        + generation.undone.joined(separator: ", ")
                ])
        let texts = keys.texts
        // Said with those of the parts.
        var repeated: [String] = []
        let end = try keys.id("eos", &repeated).map { (texts[$0], $0) }
        let begin = parts.beginToken.map { (texts[$0], $0) }
        let document: JSON = [
            "version": "1.0",
            "truncation": .null,
            "padding": .null,
            "added_tokens": .array(parts.added.map(Self.json)),
            "normalizer": parts.isComposed ? ["type": "NFC"] : .null,
            "pre_tokenizer": parts.splitter.preTokenizer,
            "post_processor": parts.leadingTokens.isEmpty ? .null : Self.template(begin),
            "decoder": [
                "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
                "use_regex": true,
            ],
            "model": Self.model(
                texts, merges: try file.texts("tokenizer.ggml.merges"),
                takesWholePieces: keys.rule.takesWholePieces),
        ]
        var members: [JSON.Member] = []
        if let begin { members.append(JSON.Member(name: "bos_token_id", value: .integer(begin.1))) }
        let ends = parts.endTokens.sorted().map { JSON.integer($0) }
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
                        begin: begin, end: end, parts,
                        template: file.metadata["tokenizer.chat_template"]))
            ),
            (
                "generation_config.json",
                JSONWriter.bytes(
                    .object(members + generation.members))
            ),
        ]
    }

    private static func json(_ token: AddedToken) -> JSON {
        [
            "id": .integer(token.id), "content": .string(token.text), "single_word": false,
            "lstrip": false, "rstrip": false, "normalized": .boolean(token.isNormalised),
            "special": .boolean(token.isSpecial),
        ]
    }

    private static func model(
        _ texts: [String], merges: [String], takesWholePieces: Bool
    ) -> JSON {
        [
            "type": "BPE",
            "dropout": .null,
            "unk_token": .null,
            "continuing_subword_prefix": .null,
            "end_of_word_suffix": .null,
            "fuse_unk": false,
            "byte_fallback": false,
            "ignore_merges": .boolean(takesWholePieces),
            // As llama.cpp calls the tokens that no text leads to: names differ.
            "vocab": .object(
                texts.enumerated().map { id, text in
                    JSON.Member(name: text.isEmpty ? "[EMPTY_\(id)]" : text, value: .integer(id))
                }),
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
        begin: Token?, end: Token?, _ parts: TokenizerParts, template: GGUFValue?
    ) -> JSON {
        var members = [
            JSON.Member(name: "tokenizer_class", value: "PreTrainedTokenizerFast"),
            JSON.Member(name: "add_bos_token", value: .boolean(!parts.leadingTokens.isEmpty)),
            JSON.Member(name: "add_eos_token", value: .boolean(parts.wantsTrailingTokens)),
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
    var preTokenizer: JSON {
        switch self {
        case .qwen2: Self.split([TokenizerDocument.qwenPattern(numbers: #"\p{N}"#)])
        case .llama3: Self.split([TokenizerDocument.qwenPattern(numbers: #"\p{N}{1,3}"#)])
        case .gpt2: Self.bytes(splits: true)
        case .smollm:
            [
                "type": "Sequence",
                "pretokenizers": [
                    ["type": "Digits", "individual_digits": true], Self.bytes(splits: true),
                ],
            ]
        case .llamaCpp: Self.split(TokenizerDocument.llamaCppPatterns)
        }
    }

    private static func split(_ patterns: [String]) -> JSON {
        let splits = patterns.map { pattern -> JSON in
            [
                "type": "Split", "pattern": ["Regex": .string(pattern)],
                "behavior": "Isolated", "invert": false,
            ]
        }
        return ["type": "Sequence", "pretokenizers": .array(splits + [bytes(splits: false)])]
    }

    private static func bytes(splits: Bool) -> JSON {
        [
            "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true,
            "use_regex": .boolean(splits),
        ]
    }
}

extension GenerationConfiguration {
    /// What `generation_config.json` says of it, but for the tokens that end an answer.
    var members: [JSON.Member] {
        var members: [JSON.Member] = []
        func add(_ name: String, _ value: JSON?) {
            if let value { members.append(JSON.Member(name: name, value: value)) }
        }
        func number(_ value: Float?) -> JSON? {
            value.map { .number(Double("\($0)") ?? Double($0)) }
        }
        add("do_sample", draws.map { .boolean($0) })
        add("temperature", number(temperature))
        add("top_k", topK.map { .integer($0) })
        add("top_p", number(topP))
        add("repetition_penalty", number(repetitionPenalty))
        if !suppressedTokens.isEmpty {
            add("suppress_tokens", .array(suppressedTokens.map { .integer($0) }))
        }
        return members
    }
}
