import TestSupport
import Testing

@testable import Qwen

/// The options of added tokens; the ids are those of Hugging Face tokenizers 0.23.
@Suite struct AddedTokenTests {
    private let directory = TemporaryDirectory()

    /// The ids of a text by a tokenizer of bytes, GPT-2's pattern and normal form C, with these added
    /// tokens from 256.
    private func ids(
        _ text: String, _ tokens: [String], specials: Bool = true
    ) throws -> [Int] {
        let added = tokens.enumerated().map { #"{"id": \#(256 + $0), \#($1)}"# }
        let document = [
            "normalizer": #"{"type": "NFC"}"#,
            "pre_tokenizer": #"{"type": "ByteLevel", "add_prefix_space": false}"#,
            "added_tokens": "[\(added.joined(separator: ", "))]",
            "model": TinyTokenizer.model(
                vocabulary: TinyTokenizer.vocabulary(GGUFWriter.byteTexts), merges: "[]"),
        ]
        let path = directory.write(TinyTokenizer.text(document), to: "tokenizer.json")
        return try Tokenizer(path: path).encode(text, recognisesSpecials: specials)
    }

    @Test(arguments: [
        ([#""content": "<m>", "lstrip": true"#], "a  <m> b", [97, 256, 32, 98]),
        ([#""content": "<m>", "rstrip": true"#], "a <m> \u{3000}\n b", [97, 32, 256, 98]),
        ([#""content": "<m>", "lstrip": true, "rstrip": true"#], " <m> \t<m>  ", [256, 256]),
        // A token may begin in the blanks that another took.
        (
            [#""content": "<m>", "rstrip": true"#, #""content": " ""#], "a<m>  b",
            [97, 256, 257, 257, 98]
        ),
        (
            [#""content": "<m>", "rstrip": true"#, #""content": "<n>", "lstrip": true"#],
            "<m>  <n>",
            [256, 257]
        ),
    ])
    func blanksAroundATokenGoWithIt(_ tokens: [String], _ text: String, _ wanted: [Int]) throws {
        #expect(try ids(text, tokens.map { $0 + #", "normalized": false"# }) == wanted)
    }

    @Test func aWholeWordTouchesNoWord() throws {
        let cat = #""content": "cat", "single_word": true"#
        #expect(try ids("cat-cat cats", [cat]) == [256, 45, 256, 32, 99, 97, 116, 115])
        for text in ["_cat", "cat\u{301}", "1cat", "cat\u{200d}", "٣cat", "cat中"] {
            #expect(try !ids(text, [cat]).contains(256), "\(text)")
        }
        for text in ["(cat)", "cat ", "²cat", "cat\u{ad}", "🙂cat"] {
            #expect(try ids(text, [cat]).contains(256), "\(text)")
        }
    }

    /// Shorter tokens within what was discarded are not looked for.
    @Test func theSearchGoesOnBehindWhatWasDiscarded() throws {
        #expect(
            try ids("scat", [#""content": "cat", "single_word": true"#, #""content": "at""#])
                == [115, 99, 97, 116])
        #expect(
            try ids(
                "catsa cats", [#""content": "cats", "single_word": true"#, #""content": "cat""#])
                == [99, 97, 116, 115, 97, 32, 256])
        let nested = [
            #""content": "<a<b>>", "special": true"#, #""content": "<b>", "normalized": false"#,
        ]
        #expect(try ids("<a<b>> <b>", nested) == [256, 32, 257])
        #expect(
            try ids("<a<b>> <b>", nested, specials: false)
                == "<a<b>> ".utf8.map { Int($0) } + [257])
    }

    @Test func whatIsNormalisedIsLookedForInTheNormalForm() throws {
        let accent = #""content": "e\u0301!""#
        #expect(try ids("é! e\u{301}!", [accent + #", "normalized": true"#]) == [256, 32, 256])
        #expect(
            try ids("é! e\u{301}!", [accent + #", "normalized": false"#])
                == [195, 169, 33, 32, 256])
        // > and a stroke become one character.
        #expect(
            try ids("<m>\u{338}<m>", [#""content": "<m>", "normalized": true"#])
                == [60, 109, 226, 137, 175, 256])
        #expect(
            try ids("<m>\u{338}<m>", [#""content": "<m>", "normalized": false"#])
                == [256, 204, 184, 256])
    }

    /// As AddedToken of Python: only special ones are not normalised where nothing is said.
    @Test func whatIsNotSaidFollowsFromBeingSpecial() throws {
        let plain = #""content": "<m>""#
        #expect(try ids("<m>\u{338}", [plain]) == [60, 109, 226, 137, 175])
        #expect(try ids("<m>\u{338}", [plain + #", "special": true"#]) == [256, 204, 184])
    }

    @Test(arguments: ["lstrip", "rstrip", "single_word", "normalized", "special"])
    func anOptionOfAnotherTypeIsNamed(_ option: String) throws {
        let error = #expect(throws: QwenError.self) {
            try ids("a", [#""content": "<m>", "\#(option)": 1"#])
        }
        let text = error?.description ?? ""
        #expect(text.contains("the added token '<m>': \(option) is not true or false, but 1"))
        #expect(!text.contains("download"))
    }
}
