import Foundation
import Testing

@testable import Qwen

@Suite struct SplitterTests {
    struct Case: Decodable {
        let text: String
        let qwen2: [String]
        let smollm: [String]
    }

    struct Cases: Decodable {
        let cases: [Case]
    }

    /// Pieces that a regular-expression engine cuts with the published patterns.
    @Test func piecesAreThoseOfThePublishedPatterns() throws {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/tokenizer/pieces", withExtension: "json"))
        let cases = try JSONDecoder().decode(Cases.self, from: Data(contentsOf: url)).cases
        #expect(cases.count >= 40)
        for test in cases {
            #expect(pieces(.qwen2, test.text) == scalars(test.qwen2), "qwen2: \(test.text)")
            #expect(pieces(.smollm, test.text) == scalars(test.smollm), "smollm: \(test.text)")
        }
    }

    /// A true negative look-ahead leaves the last blank of a run to the word behind it.
    @Test func theLastBlankOfARunBelongsToTheNextWord() {
        #expect(pieces(.qwen2, "a   b") == scalars(["a", "  ", " b"]))
        #expect(pieces(.qwen2, "a   1") == scalars(["a", "  ", " ", "1"]))
        #expect(pieces(.smollm, "a   1") == scalars(["a", "   ", "1"]))
    }

    // Compared by scalars: String equality would take composed and decomposed for the same.

    private func pieces(_ splitter: Splitter, _ text: String) -> [[Unicode.Scalar]] {
        splitter.split(Substring(text).unicodeScalars).map(Array.init)
    }

    private func scalars(_ texts: [String]) -> [[Unicode.Scalar]] {
        texts.map { Array($0.unicodeScalars) }
    }
}
