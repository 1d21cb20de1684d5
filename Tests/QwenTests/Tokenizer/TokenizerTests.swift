import Qwen
import TestSupport
import Testing

@Suite struct TokenizerTests {
    private func tokenizer(_ change: (inout GGUFWriter) -> Void = { _ in }) throws -> Tokenizer {
        var writer = GGUFWriter.tinyModel()
        change(&writer)
        return try writer.bytes().withUnsafeBytes { try Tokenizer(GGUFFile($0)) }
    }

    @Test func bytesMergeByRank() throws {
        let tokenizer = try tokenizer()
        #expect(try tokenizer.encode("he") == [256])
        #expect(try tokenizer.encode("hhe") == [104, 256])
        #expect(try tokenizer.encode("") == [])
    }

    /// With the merges ab, bc, abc in this order, "abc" is (ab)c and never a(bc).
    @Test func theEarlierMergeGoesFirst() throws {
        let tokenizer = try tokenizer {
            $0.set(
                "tokenizer.ggml.tokens",
                .texts(GGUFWriter.byteTexts + ["ab", "bc", "abb", "<|end|>"]))
            $0.set("tokenizer.ggml.merges", .texts(["a b", "b c", "ab b"]))
            $0.set("tokenizer.ggml.token_type", nil)
            $0.set("tokenizer.ggml.eos_token_id", nil)
        }
        #expect(try tokenizer.encode("abc") == [256, 99])
        #expect(try tokenizer.encode("bbc") == [98, 257])
        #expect(try tokenizer.encode("abbc") == [256, 257])
    }

    @Test func specialsAreTakenOnRequestOnly() throws {
        let tokenizer = try tokenizer()
        #expect(tokenizer.endTokens == [257])
        #expect(try tokenizer.encode("a<|end|>he", recognisesSpecials: true) == [97, 257, 256])
        #expect(try tokenizer.encode("<|end|>").contains(257) == false)
    }

    @Test func decodingJoinsBytesOfSeveralTokens() throws {
        let tokenizer = try tokenizer()
        let ids = try tokenizer.encode("杭州 🙂")
        #expect(ids.count == 11)
        #expect(try tokenizer.decode(ids) == "杭州 🙂")
        #expect(throws: QwenError.unknownToken(258, vocabularySize: 258)) {
            try tokenizer.decode([258])
        }
    }

    @Test func textAppearsOnlyInWholeCharacters() throws {
        let tokenizer = try tokenizer()
        var decoder = IncrementalDecoder(tokenizer)
        var pieces: [String] = []
        for id in try tokenizer.encode("a杭🙂") { pieces.append(try decoder.append(id)) }
        #expect(pieces == ["a", "", "", "杭", "", "", "", "🙂"])
        #expect(decoder.finish() == "")
        #expect(try decoder.append(0xe6) == "")
        #expect(decoder.finish() == "\u{fffd}")
        // A continuation byte without a beginning waits for nothing.
        #expect(try decoder.append(0x80) == "\u{fffd}")
    }

    /// Quadratic merging would take minutes here.
    @Test func aLongRunOfOneLetterIsMergedToo() throws {
        var texts = GGUFWriter.byteTexts
        var merges: [String] = []
        for power in 0..<6 {
            let half = String(repeating: "a", count: 1 << power)
            merges.append("\(half) \(half)")
            texts.append(half + half)
        }
        let tokenizer = try tokenizer {
            $0.set("tokenizer.ggml.tokens", .texts(texts))
            $0.set("tokenizer.ggml.merges", .texts(merges))
            $0.set("tokenizer.ggml.token_type", nil)
            $0.set("tokenizer.ggml.eos_token_id", nil)
        }
        let ids = try tokenizer.encode(String(repeating: "a", count: 200_000 + 5))
        #expect(ids.count == 3125 + 2)
        #expect(ids.prefix(3125).allSatisfy { $0 == 256 + 5 })
    }

    @Test(arguments: [
        ("tokenizer.ggml.model", "llama", "'llama'"),
        ("tokenizer.ggml.pre", "deepseek", "'deepseek'"),
    ])
    func otherKindsAreNamed(_ key: String, _ value: String, _ says: String) {
        let error = #expect(throws: QwenError.self) {
            try tokenizer { $0.set(key, .text(value)) }
        }
        #expect(error?.description.contains(says) == true)
    }

    @Test func contradictionsAreRefused() {
        let changes: [(inout GGUFWriter) -> Void] = [
            { $0.set("tokenizer.ggml.tokens", .texts(GGUFWriter.byteTexts + ["a", "b"])) },
            { $0.set("tokenizer.ggml.tokens", .texts([])) },
            { $0.set("tokenizer.ggml.merges", .texts(["he x"])) },
            { $0.set("tokenizer.ggml.merges", .texts(["he"])) },
            { $0.set("tokenizer.ggml.merges", nil) },
            { $0.set("tokenizer.ggml.token_type", .int32s([1, 2])) },
            { $0.set("tokenizer.ggml.eos_token_id", .text("end")) },
        ]
        for change in changes {
            #expect(throws: QwenError.self) { try tokenizer(change) }
        }
    }

    @Test func aByteTheVocabularyCannotWriteIsAnError() throws {
        let tokenizer = try tokenizer {
            var texts = GGUFWriter.byteTexts + ["he", "<|end|>"]
            texts[7] = "seven"
            $0.set("tokenizer.ggml.tokens", .texts(texts))
        }
        #expect(throws: QwenError.unwritableByte(7)) { try tokenizer.encode("a\u{7}") }
    }
}
