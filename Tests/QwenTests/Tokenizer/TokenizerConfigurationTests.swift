import TestSupport
import Testing

@testable import Qwen

/// The files beside a `tokenizer.json`, and what it says itself of the tokens around a text.
@Suite struct TokenizerConfigurationTests {
    private let directory = TemporaryDirectory()

    /// The tokenizer of a directory with a `tokenizer.json` and other files.
    private func tokenizer(
        _ files: [String: String] = [:], document changes: [String: String] = [:]
    ) throws -> Tokenizer {
        let members = TinyTokenizer.document.merging(changes) { $1 }
        directory.write(TinyTokenizer.text(members), to: "tokenizer.json")
        for (name, text) in files { directory.write(text, to: name) }
        return try Tokenizer(path: directory.path)
    }

    private func refusal(
        _ files: [String: String] = [:], document: [String: String] = [:]
    ) -> String {
        let error = #expect(throws: QwenError.self) { try tokenizer(files, document: document) }
        return error?.description ?? ""
    }

    // MARK: - Added tokens

    @Test func theDecoderAddsTokensAndItsOptionsCount() throws {
        let tokenizer = try tokenizer([
            "tokenizer_config.json": #"""
            {"added_tokens_decoder": {"261": {"content": "<tool>", "special": true},
             "262": {"content": "<new>", "special": false, "rstrip": true}}}
            """#
        ])
        #expect(try !tokenizer.encode("<tool>").contains(261))
        #expect(try tokenizer.encode("<tool>", recognisesSpecials: true) == [261])
        #expect(try tokenizer.encode("a<new> b") == [97, 262, 98])
    }

    @Test func oldFilesCountWithoutADecoder() throws {
        let old = [
            "added_tokens.json": #"{"<old>": 262, "<mark>": 263}"#,
            "special_tokens_map.json": #"{"eos_token": {"content": "<mark>", "lstrip": true}}"#,
        ]
        let tokenizer = try tokenizer(old)
        #expect(try tokenizer.encode("<old>") == [262])
        #expect(try !tokenizer.encode("<mark>").contains(263))
        #expect(try tokenizer.encode("<mark>", recognisesSpecials: true) == [263])
        #expect(tokenizer.endTokens == [260, 263])
        // Not special, so normalised: > and a stroke are one character.
        #expect(try !tokenizer.encode("<old>\u{338}").contains(262))
        let withDecoder = try self.tokenizer(
            ["tokenizer_config.json": #"{"added_tokens_decoder": {}}"#])
        #expect(withDecoder.vocabularySize == 262 && withDecoder.endTokens == [260])
    }

    @Test func whatAKeyNamesIsSpecialWhereTheVocabularyHasIt() throws {
        for key in ["bos_token", "eos_token", "unk_token", "pad_token", "sep_token"] {
            let tokenizer = try tokenizer(["tokenizer_config.json": #"{"\#(key)": "hel"}"#])
            #expect(try tokenizer.encode("hel") == [257])
            #expect(try tokenizer.encode("xhel", recognisesSpecials: true) == [120, 257])
            #expect(tokenizer.endTokens == (key == "eos_token" ? [257, 260] : [260]))
        }
        for key in ["additional_special_tokens", "extra_special_tokens"] {
            let tokenizer = try tokenizer([
                "tokenizer_config.json": #"{"\#(key)": [{"content": "hel", "lstrip": true}]}"#
            ])
            #expect(try tokenizer.encode("x hel", recognisesSpecials: true) == [120, 257])
            let text = refusal(["tokenizer_config.json": #"{"\#(key)": ["<nobody>"]}"#])
            #expect(text.contains("\(key) has '<nobody>'") && !text.contains("download"))
        }
        // A token to pad with is of no use here.
        #expect(
            try tokenizer(["tokenizer_config.json": #"{"pad_token": "<pad>"}"#]).endTokens == [260])
    }

    @Test(arguments: [
        (#"{"eos_token": 5}"#, "eos_token is not a text"),
        (#"{"add_bos_token": "yes"}"#, "add_bos_token is not true or false, but \"yes\""),
        (#"{"add_prefix_space": true}"#, "add_prefix_space puts a blank"),
        (#"{"tokenizer_class": 1}"#, "tokenizer_class is not a text"),
        (
            #"{"additional_special_tokens": [1]}"#,
            "additional_special_tokens is not a list of texts"
        ),
        (#"{"add_bos_token": true, "bos_token": "<s>"}"#, "'<s>' is not in the vocabulary"),
        (#"{"added_tokens_decoder": {"x": {"content": "<x>"}}}"#, "the id 'x'"),
        ("[]", "no JSON object"),
    ])
    func aWrongValueIsNamed(_ configuration: String, _ says: String) {
        let text = refusal(["tokenizer_config.json": configuration])
        #expect(text.contains(says) && text.contains("tokenizer_config.json"), "\(text)")
        #expect(configuration == "[]" || !text.contains("download"))
    }

    @Test(arguments: [
        "clean_up_tokenization_spaces", "split_special_tokens", "legacy",
        "use_default_system_prompt",
        "spaces_between_special_tokens", "anything",
    ])
    func otherKeysAreHarmless(_ key: String) throws {
        for value in ["true", "false", "null"] {
            let tokenizer = try tokenizer(["tokenizer_config.json": #"{"\#(key)": \#(value)}"#])
            #expect(try tokenizer.promptTokens("hello , .") == [257, 108, 111, 32, 44, 32, 46])
        }
    }

    // MARK: - Around a text

    private static func template(_ pieces: String...) -> [String: String] {
        let written = pieces.map { piece in
            piece == "$"
                ? #"{"Sequence": {"id": "A", "type_id": 0}}"#
                : #"{"SpecialToken": {"id": "\#(piece)", "type_id": 0}}"#
        }
        return [
            "post_processor":
                #"{"type": "TemplateProcessing", "single": [\#(written.joined(separator: ", "))],"#
                + #" "pair": [], "special_tokens": {"<two>": {"id": "<two>", "ids": [104, 101]}}}"#
        ]
    }

    @Test func aTemplatePutsTokensBeforeAText() throws {
        let end = "<|end|>"
        let before = try tokenizer(document: Self.template(end, "$"))
        #expect(try before.promptTokens("a") == [260, 97] && !before.wantsTrailingTokens)
        let several = try tokenizer(document: Self.template(end, "<two>", "$"))
        #expect(try several.promptTokens("a") == [260, 104, 101, 97])
        // What follows the text is left out: a prompt goes on.
        let behind = try tokenizer(document: Self.template("$", end))
        #expect(try behind.promptTokens("a") == [97] && behind.wantsTrailingTokens)
        let around = try tokenizer(document: Self.template("<|end|>", "$", end, end))
        #expect(try around.promptTokens("a") == [260, 97] && around.wantsTrailingTokens)
    }

    @Test func aTemplateHasOnePlaceForAText() {
        #expect(refusal(document: Self.template("<|end|>")).contains("0 places for a text"))
        #expect(refusal(document: Self.template("$", "$")).contains("2 places for a text"))
        #expect(refusal(document: Self.template("<no>", "$")).contains("'<no>', which is not in"))
        for kind in ["RobertaProcessing", "BertProcessing"] {
            #expect(
                refusal(document: ["post_processor": #"{"type": "\#(kind)"}"#]).contains(kind))
        }
    }

    @Test func processorsFollowEachOther() throws {
        let template = Self.template("<|end|>", "$")["post_processor"] ?? ""
        let tokenizer = try tokenizer(document: [
            "post_processor":
                #"{"type": "Sequence", "processors": [\#(TinyTokenizer.byteLevel), \#(template)]}"#
        ])
        #expect(try tokenizer.promptTokens("a") == [260, 97])
    }

    @Test func theTemplateHasTheLastWordAndItIsSaid() throws {
        let no = ["tokenizer_config.json": #"{"add_bos_token": false, "bos_token": "<|end|>"}"#]
        let overruled = try tokenizer(no, document: Self.template("<|end|>", "$"))
        #expect(overruled.leadingTokens == [260])
        #expect(overruled.warnings.count == 1)
        #expect(overruled.warnings[0].contains("add_bos_token false"))
        #expect(try tokenizer(no).leadingTokens == [])
        // Asked for twice, it stands there once.
        let yes = ["tokenizer_config.json": #"{"add_bos_token": true, "bos_token": "<|end|>"}"#]
        let both = try tokenizer(yes, document: Self.template("<|end|>", "$"))
        #expect(both.leadingTokens == [260] && both.warnings == [])
        #expect(try tokenizer(yes).leadingTokens == [260])
        let nothing = try tokenizer(["tokenizer_config.json": #"{"add_bos_token": true}"#])
        #expect(nothing.leadingTokens == [] && nothing.warnings[0].contains("no bos_token"))
        #expect(
            try tokenizer(["tokenizer_config.json": #"{"add_eos_token": true}"#])
                .wantsTrailingTokens)
    }

    // MARK: - Parts of tokenizer.json

    @Test(arguments: [
        (#"{"type": "Sequence", "normalizers": [{"type": "NFC"}]}"#, 2),
        (
            #"{"type": "Sequence", "normalizers": [{"type": "Sequence", "normalizers": [{"type": "NFC"}]}]}"#,
            2
        ),
        (#"{"type": "Sequence", "normalizers": []}"#, 3), ("null", 3),
    ])
    func normalFormCMayStandInASequence(_ normaliser: String, _ count: Int) throws {
        let tokenizer = try tokenizer(document: ["normalizer": normaliser])
        #expect(try tokenizer.encode("e\u{301}").count == count)
    }

    @Test(arguments: [
        "NFD", "NFKC", "NFKD", "Lowercase", "Strip", "StripAccents", "Replace", "Prepend",
        "Precompiled", "ByteLevel", "BertNormalizer", "Nmt",
    ])
    func anotherNormalFormIsNamed(_ kind: String) {
        let one = #"{"type": "\#(kind)"}"#
        #expect(refusal(document: ["normalizer": one]).contains("its normalizer is '\(kind)'"))
        #expect(
            refusal(document: ["normalizer": #"{"type": "Sequence", "normalizers": [\#(one)]}"#])
                .contains("its normalizer is '\(kind)'"))
    }

    @Test func neutralOptionsOfTheModelAreRead() throws {
        for more in [
            #", "byte_fallback": false, "fuse_unk": true, "unk_token": "hel""#,
            #", "dropout": 0.0"#, #", "continuing_subword_prefix": "", "end_of_word_suffix": """#,
        ] {
            let model = TinyTokenizer.model(more: more).replacing(#""dropout": null, "#, with: "")
            #expect(try tokenizer(document: ["model": model]).encode("hello") == [257, 108, 111])
        }
        for more in [
            #", "byte_fallback": true"#, #", "dropout": 0.1"#,
            #", "continuing_subword_prefix": "_""#, #", "end_of_word_suffix": "_""#,
        ] {
            let model = TinyTokenizer.model(more: more).replacing(#""dropout": null, "#, with: "")
            #expect(refusal(document: ["model": model]).contains("its model has"))
        }
    }

    @Test(arguments: [
        ("byte_fallback", "1"), ("dropout", "\"none\""), ("dropout", "2"),
        ("ignore_merges", "\"yes\""), ("end_of_word_suffix", "true"),
    ])
    func anOptionOfTheModelOfAnotherTypeIsNamed(_ key: String, _ value: String) {
        let model = TinyTokenizer.model(more: ", \"\(key)\": \(value)")
            .replacing(#""dropout": null, "#, with: "")
        let text = refusal(document: ["model": model])
        #expect(text.contains("its model: \(key) is not") && text.contains("but \(value)"))
    }

    @Test(arguments: ["add_prefix_space", "use_regex"])
    func anOptionOfAStepOfAnotherTypeIsNamed(_ key: String) {
        let text = refusal(document: ["pre_tokenizer": #"{"type": "ByteLevel", "\#(key)": 0}"#])
        #expect(text.contains("ByteLevel: \(key) is not true or false, but 0"))
    }

    // MARK: - Something else in place of a file

    @Test(
        arguments: [
            (
                Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 7\n".utf8),
                "Git LFS"
            ),
            (Array("<!DOCTYPE html><html></html>".utf8), "an HTML page"),
            (Array("<html lang=en>".utf8), "an HTML page"),
            ([0xff, 0xfe, 0x7b, 0, 0x7d, 0], "UTF-16"), ([0xfe, 0xff, 0, 0x7b, 0, 0x7d], "UTF-16"),
        ] as [([UInt8], String)])
    func whatItIsIsSaid(_ bytes: [UInt8], _ says: String) throws {
        for name in ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"] {
            let directory = TemporaryDirectory()
            directory.write(TinyTokenizer.text(TinyTokenizer.document), to: "tokenizer.json")
            directory.write(bytes, to: name)
            let error = #expect(throws: QwenError.self) { try Tokenizer(path: directory.path) }
            let text = error?.description ?? ""
            #expect(text.contains("\(name) is not supported: it is") && text.contains(says))
        }
        let path = directory.write(bytes, to: "model.gguf")
        #expect(throws: QwenError.self) { try Tokenizer(path: path) }
    }

    /// Flipped bits and cut ends of the small files: an error or a tokenizer, never a crash.
    @Test func noBrokenFileCrashes() {
        let good = [
            "tokenizer_config.json":
                #"{"bos_token": {"content": "<|end|>", "lstrip": true}, "add_bos_token": true, "#
                + #""added_tokens_decoder": {"262": {"content": "<m>", "rstrip": true}}}"#,
            "special_tokens_map.json":
                #"{"eos_token": "<tool>", "additional_special_tokens": ["hel"]}"#,
            "added_tokens.json": #"{"<old>": 262, "hel": 257}"#,
        ]
        var generator = SeededGenerator()
        var refused = 0
        for (name, text) in good {
            for index in 0..<300 {
                var bytes = Array(text.utf8)
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                if index % 4 == 0 {
                    bytes.removeSubrange(place...)
                } else {
                    bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
                }
                let directory = TemporaryDirectory()
                directory.write(TinyTokenizer.text(TinyTokenizer.document), to: "tokenizer.json")
                directory.write(bytes, to: name)
                let tokenizer = try? Tokenizer(path: directory.path)
                _ = try? tokenizer?.encode(" hel <m>  中 <tool>", recognisesSpecials: true)
                refused += tokenizer == nil ? 1 : 0
            }
        }
        #expect(200..<900 ~= refused, "\(refused)")
    }

    @Test func sentencePieceAloneIsNamed() {
        let directory = TemporaryDirectory()
        directory.write("x", to: "tokenizer.model")
        let error = #expect(throws: QwenError.self) { try Tokenizer(path: directory.path) }
        #expect(error?.description.contains("SentencePiece") == true)
    }
}
