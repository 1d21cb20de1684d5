import Machine
import TestSupport
import Testing

@testable import Qwen

@Suite struct TokenizerFilesTests {
    private let directory = TemporaryDirectory()

    private func document(_ changes: [String: String] = [:]) throws -> Tokenizer {
        let members = TinyTokenizer.document.merging(changes) { $1 }
        return try Tokenizer(
            path: directory.write(TinyTokenizer.text(members), to: "tokenizer.json"))
    }

    private func ranks() throws -> Tokenizer {
        let lines = TinyTokenizer.rankLines.joined(separator: "\n")
        let file = try ModelFile(path: directory.write(lines, to: "tiny.tiktoken"))
        return try Tokenizer(RankFile(file, count: 260).parts())
    }

    private func mergeFiles(
        merges: String = "#version: 0.2\n" + TinyTokenizer.merges.joined(separator: "\n"),
        configuration: String? = nil
    ) throws -> Tokenizer {
        directory.write(TinyTokenizer.vocabulary(), to: "vocab.json")
        directory.write(merges, to: "merges.txt")
        if let configuration { directory.write(configuration, to: "tokenizer_config.json") }
        return try Tokenizer(path: directory.path("merges.txt"))
    }

    @Test func everyFormGivesTheSameIds() throws {
        for tokenizer in [try document(), try ranks(), try mergeFiles()] {
            #expect(try tokenizer.encode("hello") == [257, 108, 111])
            #expect(try tokenizer.encode("中 he") == [259, 32, 256])
            #expect(try tokenizer.encode("") == [])
            #expect(try tokenizer.decode([259, 257]) == "中hel")
            // Composed first: é is two bytes, e and its accent would be three.
            #expect(try tokenizer.encode("e\u{301}") == [0xc3, 0xa9])
        }
    }

    @Test func mergesMayBePairs() throws {
        let pairs = TinyTokenizer.merges.map { merge in
            "["
                + merge.split(separator: " ").map { TinyTokenizer.quoted(String($0)) }
                .joined(separator: ", ") + "]"
        }
        let tokenizer = try document([
            "model": TinyTokenizer.model(merges: "[" + pairs.joined(separator: ", ") + "]")
        ])
        #expect(try tokenizer.encode("hello中") == [257, 108, 111, 259])
    }

    /// "lo" is a token that no merge leads to.
    @Test func wholePiecesAreTakenWhereTheFormSaysSo() throws {
        let vocabulary = TinyTokenizer.vocabulary(TinyTokenizer.texts(extra: ["lo"]))
        for (more, ids) in [("", [108, 111]), (#", "ignore_merges": true"#, [260])] {
            let tokenizer = try document([
                "added_tokens": "[]",
                "model": TinyTokenizer.model(vocabulary: vocabulary, more: more),
            ])
            #expect(try tokenizer.encode("lo") == ids)
        }
    }

    @Test func specialsAreTakenOnRequestAndOtherAddedTokensAlways() throws {
        let tokenizer = try document()
        #expect(tokenizer.addedToken("<|end|>") == 260)
        #expect(try tokenizer.encode("<|end|>").contains(260) == false)
        #expect(try tokenizer.encode("he<|end|>中", recognisesSpecials: true) == [256, 260, 259])
        #expect(try tokenizer.encode("he<tool><too") == [256, 261] + "<too".utf8.map { Int($0) })
        #expect(try tokenizer.decode([260, 261]) == "<|end|><tool>")
    }

    @Test func specialsOfRanksFollowThem() throws {
        let tokenizer = try ranks()
        #expect(tokenizer.vocabularySize == 260 + 208)
        #expect(
            try tokenizer.encode("<|im_start|>he<|extra_10|>", recognisesSpecials: true)
                == [261, 256, 263 + 10])
        #expect(tokenizer.endTokens == [260, 262])
    }

    @Test func theConfigurationAddsTokensAndSaysWhatEndsAText() throws {
        let configuration = #"""
            {"tokenizer_class": "Qwen2Tokenizer", "eos_token": {"content": "</s>"},
             "bos_token": "<s>", "add_bos_token": true, "added_tokens_decoder":
             {"260": {"content": "</s>", "special": true}, "262": {"content": "<s>", "special": true}}}
            """#
        let tokenizer = try mergeFiles(configuration: configuration)
        #expect(tokenizer.endTokens == [260])
        #expect(tokenizer.leadingTokens == [262])
        #expect(try tokenizer.encode("he</s>", recognisesSpecials: true) == [256, 260])
        // No token has the id between them.
        #expect(throws: QwenError.unknownToken(261, vocabularySize: 263)) {
            try tokenizer.decode([261])
        }
    }

    @Test func aTemplateMayBeginEveryPrompt() throws {
        let template = #"""
            {"type": "TemplateProcessing", "single":
             [{"SpecialToken": {"id": "<|end|>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}]}
            """#
        let tokenizer = try document(["post_processor": template])
        #expect(tokenizer.leadingTokens == [260])
    }

    @Test(arguments: [
        (#"{"type": "ByteLevel", "add_prefix_space": false}"#, "a 12", [97, 32, 49, 50]),
        (
            #"{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, "#
                + #"{"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}]}"#,
            "a 12", [97, 32, 49, 50]
        ),
    ])
    func otherKnownPatternsAreRead(_ json: String, _ text: String, _ ids: [Int]) throws {
        let tokenizer = try document(["pre_tokenizer": json, "normalizer": "null"])
        #expect(try tokenizer.encode(text) == ids)
        #expect(try tokenizer.encode("e\u{301}") == [0x65, 0xcc, 0x81])
    }

    @Test func aDirectoryIsSearchedInOrder() throws {
        let path = directory.path
        #expect(throws: QwenError.noTokenizer(path: path)) { try Tokenizer(path: path) }
        _ = try mergeFiles()
        #expect(try Tokenizer(path: path).addedToken("<|end|>") == nil)
        _ = try document()
        #expect(try Tokenizer(path: path).addedToken("<|end|>") == 260)
        #expect(throws: MachineError.self) { try Tokenizer(path: path + "/nothing.json") }
    }

    @Test(arguments: [
        ("pre_tokenizer", "null", "there is none"),
        (
            "pre_tokenizer",
            #"{"type": "Split", "pattern": {"Regex": "x+y"}, "behavior": "Isolated"}"#, "x+y"
        ),
        ("pre_tokenizer", #"{"type": "Metaspace"}"#, "'Metaspace'"),
        ("pre_tokenizer", #"{"type": "ByteLevel", "add_prefix_space": true}"#, "a blank"),
        ("normalizer", #"{"type": "NFKC"}"#, "'NFKC'"),
        ("model", #"{"type": "Unigram", "vocab": []}"#, "'Unigram'"),
        ("decoder", #"{"type": "WordPiece"}"#, "'WordPiece'"),
        ("model", TinyTokenizer.model(more: #", "byte_fallback": true"#), "byte_fallback"),
    ])
    func whatIsNotKnownIsNamed(_ key: String, _ value: String, _ says: String) throws {
        let error = #expect(throws: QwenError.self) { try document([key: value]) }
        guard case .unsupportedModel(let path, let problem) = error else {
            Issue.record("\(error as Any)")
            return
        }
        #expect(path == directory.path("tokenizer.json"))
        #expect(problem.contains(says))
    }
}
