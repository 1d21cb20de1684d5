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
