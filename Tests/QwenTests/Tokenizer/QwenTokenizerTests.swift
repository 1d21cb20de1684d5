import Foundation
import TestSupport
import Testing

@testable import Qwen

@Suite(
    .enabled(
        if: QwenVocabulary.isThere,
        "qwen.tiktoken is missing; scripts/fetch-models brings it"))
struct QwenTokenizerTests {
    struct Case: Decodable {
        let text: String
        let ids: [Int]
        let withSpecials: [Int]
    }

    struct Cases: Decodable {
        let cases: [Case]
    }

    private func cases() throws -> [Case] {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/tokenizer/qwen", withExtension: "json"))
        return try JSONDecoder().decode(Cases.self, from: Data(contentsOf: url)).cases
    }

    /// The PyPI package tiktoken with the same ranks and pattern made the fixture.
    @Test func idsAreThoseOfTiktoken() throws {
        let tokenizer = try Tokenizer(path: QwenVocabulary.path)
        #expect(tokenizer.vocabularySize == 151_851)
        #expect(tokenizer.endTokens == [151_643, 151_645])
        #expect(tokenizer.addedToken("<|extra_204|>") == 151_850)
        let cases = try cases()
        #expect(cases.count >= 36)
        for test in cases {
            #expect(try tokenizer.encode(test.text) == test.ids, "\(test.text)")
            #expect(
                try tokenizer.encode(test.text, recognisesSpecials: true) == test.withSpecials,
                "\(test.text)")
        }
    }

    @Test func textAppearsInWholeCharactersWhateverTheTokens() throws {
        let tokenizer = try Tokenizer(path: QwenVocabulary.path)
        var generator = SeededGenerator()
        var sequences = try cases().map(\.ids)
        for _ in 0..<200 {
            sequences.append((0..<30).map { _ in Int.random(in: 0..<151_851, using: &generator) })
        }
        var heldBack = 0
        for ids in sequences {
            var decoder = IncrementalDecoder(tokenizer)
            var text = ""
            for id in ids {
                let part = try decoder.append(id)
                heldBack += part.isEmpty ? 1 : 0
                text += part
            }
            text += decoder.finish()
            #expect(try Array(text.utf8) == Array(tokenizer.decode(ids).utf8))
        }
        #expect(heldBack > 50)
    }

    @Test func anEmojiOverSeveralTokensAppearsAtOnce() throws {
        let tokenizer = try Tokenizer(path: QwenVocabulary.path)
        let ids = try tokenizer.encode("🫠")
        #expect(ids.count > 1)
        var decoder = IncrementalDecoder(tokenizer)
        let parts = try ids.map { try decoder.append($0) }
        #expect(parts.dropLast().allSatisfy { $0.isEmpty })
        #expect(parts.last == "🫠")
    }

    /// A file cut at the end of a line is whole in itself, but its specials would have other ids.
    @Test func aMissingRankIsNoticed() throws {
        let directory = TemporaryDirectory()
        let text = try String(contentsOfFile: QwenVocabulary.path, encoding: .utf8)
        let cut = text.dropLast(2).lastIndex(of: "\n").map { text[...$0] }
        let path = directory.write(String(try #require(cut)), to: "qwen.tiktoken")
        let error = #expect(throws: QwenError.self) { try Tokenizer(path: path) }
        #expect(error?.description.contains("the rank 151642 of 151643 is missing") == true)
    }
}
