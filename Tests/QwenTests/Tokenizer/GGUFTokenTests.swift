import TestSupport
import Testing

@testable import Qwen

/// What the keys of a GGUF file make of its tokens.
@Suite struct GGUFTokenTests {
    /// A file with these tokens behind those of the bytes and "he".
    private func tokenizer(
        _ texts: [String] = [], types: [Int32] = [], pre: String? = "qwen2",
        _ change: (inout GGUFWriter) -> Void = { _ in }
    ) throws -> Tokenizer {
        var writer = GGUFWriter.tinyModel()
        let all = GGUFWriter.byteTexts + ["he"] + texts
        writer.set("tokenizer.ggml.tokens", .texts(all))
        writer.set(
            "tokenizer.ggml.token_type", .int32s([Int32](repeating: 1, count: 257) + types))
        writer.set("tokenizer.ggml.eos_token_id", nil)
        writer.set("tokenizer.ggml.add_bos_token", nil)
        writer.set("tokenizer.ggml.pre", pre.map { .text($0) })
        change(&writer)
        return try writer.bytes().withUnsafeBytes { try Tokenizer(GGUFFile($0)) }
    }

    private func refusal(_ make: () throws -> Tokenizer) -> String {
        (#expect(throws: QwenError.self) { try make() })?.description ?? ""
    }

    // MARK: - Types

    @Test func userDefinedTokensAreFoundInEveryText() throws {
        let tokenizer = try tokenizer(["<tool_call>"], types: [4])
        #expect(try tokenizer.encode("a<tool_call>b") == [97, 257, 98])
        #expect(try tokenizer.encode("a<tool_call>b", recognisesSpecials: true) == [97, 257, 98])
    }

    @Test func theTypeDecidesWhereATokenIsFound() throws {
        let tokenizer = try tokenizer(
            ["<1>", "<2>", "<3>", "<4>", "<5>", "<6>"], types: [1, 2, 3, 4, 5, 6])
        let found = try (1...6).map { type in
            let id = 256 + type
            return (
                try tokenizer.encode("<\(type)>").contains(id),
                try tokenizer.encode("<\(type)>", recognisesSpecials: true).contains(id)
            )
        }
        #expect(found.map(\.0) == [false, false, false, true, false, false])
        #expect(found.map(\.1) == [false, true, true, true, false, false])
    }

    @Test(arguments: [7, -1] as [Int32])
    func anotherNumberIsRefused(_ type: Int32) {
        #expect(
            refusal { try tokenizer(["<x>"], types: [type]) }.contains(
                "token_type has \(type) for the token 257"))
    }

    @Test func typesOfAnotherKindAreRefused() {
        #expect(
            refusal {
                try tokenizer { $0.set("tokenizer.ggml.token_type", .text("normal")) }
            }.contains("token_type is not a list of whole numbers"))
    }

    @Test func noTextLeadsToAnEmptyToken() throws {
        let tokenizer = try tokenizer(["", ""], types: [1, 1])
        #expect(try tokenizer.encode("he") == [256])
        #expect(try tokenizer.decode([257, 256, 258]) == "he")
    }

    // MARK: - Patterns

    static let rules: [(names: [String], splitter: Splitter, takesWholePieces: Bool)] = [
        (["qwen2", "deepseek-r1-qwen", "kormo", "f2llmv2", "megrez"], .qwen2, false),
        (["llama-bpe", "llama3", "llama-v3"], .llama3, true),
        (["smaug-bpe"], .llama3, false),
        (["gpt-2"], .gpt2, false),
        (["smollm"], .smollm, false),
        (["default"], .llamaCpp, false),
    ]

    /// "ll" is a token that no merge leads to; the pieces of the text differ from pattern to pattern.
    @Test(arguments: rules)
    func aNameStandsForAPattern(
        _ names: [String], _ splitter: Splitter, _ takesWholePieces: Bool
    ) throws {
        // Merges within numbers, and of a mark with a letter, show where a text is cut.
        let merges = ["1 2", "12 3", "123 4", ". h", "a . h"].dropLast()
        let texts = ["ll", "12", "123", "1234", ".h"]
        let expected: [Splitter: [Int]] = [
            .qwen2: [49, 50, 51, 52, 261], .llama3: [259, 52, 261], .gpt2: [260, 46, 104],
            .smollm: [49, 50, 51, 52, 46, 104], .llamaCpp: [259, 52, 46, 104],
        ]
        for name in names {
            let tokenizer = try tokenizer(texts, types: [1, 1, 1, 1, 1], pre: name) {
                $0.set("tokenizer.ggml.merges", .texts(["h e"] + merges))
                $0.set("tokenizer.ggml.add_bos_token", .boolean(0))
            }
            #expect(try tokenizer.encode("1234.h") == expected[splitter], "\(name)")
            #expect(
                try tokenizer.encode("ll") == (takesWholePieces ? [257] : [108, 108]), "\(name)")
            #expect(tokenizer.warnings == [])
        }
    }

    @Test(arguments: [
        "qwen35", "stablelm2", "hunyuan", "solar-open", "grok-2", "falcon3", "falcon-h1", "pixtral",
        "midm-2.0", "lfm2", "dbrx", "phi-2", "mpt", "olmo", "exaone4", "starcoder", "refact",
        "command-r", "deepseek-llm", "tekken", "gpt-4o",
    ])
    func anotherPatternIsNamed(_ name: String) {
        let text = refusal { try tokenizer(pre: name) }
        #expect(text.contains("its split pattern is '\(name)'") && text.contains("qwen2"))
    }

    @Test func aMissingNameIsGuessedWithAWord() throws {
        // As the family of the model, or its vocabulary, has it.
        let qwen = try tokenizer(pre: nil)
        #expect(qwen.warnings.count == 1 && qwen.warnings[0].contains("'qwen2' is taken"))
        #expect(try qwen.encode("e\u{301}").count == 2)
        func other(_ texts: [String]) throws -> Tokenizer {
            try tokenizer(texts, types: texts.map { _ in 3 }, pre: nil) {
                $0.set("general.architecture", .text("llama"))
                $0.set("tokenizer.ggml.bos_token_id", .uint32(257))
            }
        }
        let llama = try other(["<|begin_of_text|>"])
        #expect(llama.warnings[0].contains("'llama-bpe' is taken"))
        #expect(llama.leadingTokens == [257])
        let unknown = try other(["<|im_start|>"])
        #expect(unknown.warnings[0].contains("'default' is taken"))
        #expect(unknown.leadingTokens == [])
        #expect(try unknown.encode(".he") == [46, 256])
    }

    // MARK: - The tokens around a text

    @Test func theBeginTokenStandsWhereTheFileOrItsPatternSays() throws {
        func leading(_ pre: String, _ adds: UInt8?) throws -> [Int] {
            try tokenizer(["<s>"], types: [3], pre: pre) {
                $0.set("tokenizer.ggml.bos_token_id", .uint32(257))
                $0.set("tokenizer.ggml.add_bos_token", adds.map { .boolean($0) })
            }.leadingTokens
        }
        for pre in ["llama-bpe", "llama3", "llama-v3"] {
            #expect(try leading(pre, nil) == [257] && leading(pre, 0) == [])
        }
        for pre in ["qwen2", "smaug-bpe", "gpt-2", "smollm", "default"] {
            #expect(try leading(pre, nil) == [] && leading(pre, 1) == [257])
        }
    }

    @Test func aBeginTokenThatIsWantedAndNotNamedIsRefused() {
        let asked = refusal {
            try tokenizer { $0.set("tokenizer.ggml.add_bos_token", .boolean(1)) }
        }
        #expect(asked.contains("add_bos_token") && asked.contains("bos_token_id does not say"))
        #expect(refusal { try tokenizer(pre: "llama-bpe") }.contains("as tokenizer.ggml.pre says"))
    }

    @Test func tokensBehindATextAreLeftOutAndKnown() throws {
        let tokenizer = try tokenizer(["</s>"], types: [3]) {
            $0.set("tokenizer.ggml.eos_token_id", .uint32(257))
            $0.set("tokenizer.ggml.add_eos_token", .boolean(1))
        }
        #expect(tokenizer.wantsTrailingTokens)
        #expect(try tokenizer.promptTokens("a") == [97])
    }

    @Test(arguments: ["add_sep_token", "normalizer.lowercase", "normalizer.strip_accents"])
    func whatOtherTokenizersDoIsRefused(_ name: String) throws {
        let key = "tokenizer.ggml.\(name)"
        #expect(refusal { try tokenizer { $0.set(key, .boolean(1)) } }.contains("\(key) is true"))
        #expect(try tokenizer { $0.set(key, .boolean(0)) }.encode("he") == [256])
        #expect(
            refusal { try tokenizer { $0.set(key, .uint32(1)) } }.contains("is not true or false"))
    }

    /// What says nothing of byte-level BPE, whatever it says.
    @Test(
        arguments: [
            ("add_space_prefix", .boolean(1)), ("remove_extra_whitespaces", .boolean(1)),
            ("token_type_count", .uint32(2)), ("seperator_token_id", .uint32(3)),
            ("cls_token_id", .uint32(3)), ("mask_token_id", .uint32(3)),
            ("unknown_token_id", .uint32(3)),
            ("padding_token_id", .uint32(3)), ("fim_pre_token_id", .uint32(3)),
            ("prefix_token_id", .uint32(3)), ("huggingface.json", .text("{}")),
        ] as [(String, GGUFWriter.Value)])
    func whatBelongsToOthersIsHarmless(_ name: String, _ value: GGUFWriter.Value) throws {
        let tokenizer = try tokenizer { $0.set("tokenizer.ggml.\(name)", value) }
        #expect(try tokenizer.promptTokens(" he ") == [32, 256, 32])
        #expect(tokenizer.endTokens == [])
    }

    // MARK: - Ends

    @Test(arguments: ["eos", "eot", "eom", "fim_pad", "fim_rep", "fim_sep"])
    func everyKeyThatEndsCounts(_ name: String) throws {
        let tokenizer = try tokenizer(["<a>", "<|im_end|>"], types: [3, 3]) {
            $0.set("tokenizer.ggml.\(name)_token_id", .uint32(257))
        }
        #expect(tokenizer.endTokens == [257, 258])
        // As llama.cpp does with one that no token has.
        let other = try self.tokenizer {
            $0.set("tokenizer.ggml.\(name)_token_id", .uint32(.max))
        }
        #expect(other.endTokens == [])
        #expect(other.warnings.first?.contains("\(name)_token_id is 4294967295") == true)
    }

    /// llama.cpp takes the first of two, tokenizers the last.
    @Test func ofAMergeThatIsListedTwiceTheFirstCounts() throws {
        let texts = ["ab", "bc"]
        for (last, expected) in [(false, [256, 99]), (true, [97, 257])] {
            let vocabulary = try Vocabulary(
                texts: GGUFWriter.byteTexts + texts, literals: [],
                merges: ["a b", "b c", "a b"].map { MergeText(ArraySlice($0.utf8)) },
                lastMergeCounts: last)
            var merger = Merger(vocabulary)
            var tokens: [Int] = []
            try merger.merge(Array("abc".utf8).span, into: &tokens)
            #expect(tokens == expected)
        }
    }

    /// The names of llama.cpp, spelled out once more.
    static let ends = [
        "<|eot_id|>", "<|im_end|>", "<|end|>", "<|return|>", "<|call|>", "<|flush|>", "<|calls|>",
        "<end_of_turn>", "<|endoftext|>", "</s>", "<|eom_id|>", "<EOT>", "_<EOT>", "[EOT]", "[EOS]",
        "<|end_of_text|>", "<end_of_utterance>", "<eos>", "<turn|>", "<|tool_response>",
        "<｜end▁of▁sentence｜>", "[e~[", "<|fim_pad|>", "<fim-pad>", "<fim_pad>", "<PAD>", "[PAD]",
        "<|fim_repo|>", "<|repo_name|>", "<fim-repo>", "<REPO>", "<reponame>", "<|file_sep|>",
    ]

    /// Whatever its type, such a token ends an answer and is taken from text on request only.
    @Test(arguments: ends) func everyNameThatEndsCounts(_ name: String) throws {
        for type in [1, 3, 4] as [Int32] {
            let tokenizer = try tokenizer([name], types: [type])
            #expect(tokenizer.endTokens == [257])
            #expect(try !tokenizer.encode(name).contains(257))
            #expect(try tokenizer.encode(name, recognisesSpecials: true) == [257])
        }
    }

    @Test func otherNamesEndNothing() throws {
        let tokenizer = try tokenizer(
            ["<|im_start|>", "<|fim_prefix|>", "<|END|>", "<s>"], types: [3, 4, 3, 3])
        #expect(tokenizer.endTokens == [])
        // Marks of prompts with a hole are never text.
        #expect(try !tokenizer.encode("<|fim_prefix|>").contains(258))
    }

    @Test func aPartOfATurnEndsNoAnswer() throws {
        let three: [Int32] = [3, 3, 3]
        #expect(
            try tokenizer(["<|end|>", "<|return|>", "<|call|>"], types: three).endTokens
                == [258, 259])
        #expect(
            try tokenizer(["<|end|>", "<|flush|>", "<|calls|>"], types: three).endTokens
                == [258, 259])
        #expect(try tokenizer(["<|end|>", "<|return|>"], types: [3, 3]).endTokens == [257, 258])
        #expect(try tokenizer(["</s>", "<|tool_response>"], types: [3, 3]).endTokens == [258])
    }
}
