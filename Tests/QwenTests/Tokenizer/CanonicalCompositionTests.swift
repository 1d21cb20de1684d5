import Foundation
import Testing

@testable import Qwen

@Suite struct CanonicalCompositionTests {
    struct Case: Decodable {
        let text: String
        let composed: String
    }

    struct Cases: Decodable {
        let cases: [Case]
    }

    private func compose(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        return CanonicalComposition.compose(bytes.span) ?? bytes
    }

    /// Python's unicodedata made the fixture: Swift 6.3's own normal form leaves U+11A8 behind a
    /// Hangul syllable alone, and misplaces U+0F81.
    @Test func formsAreThoseOfPython() throws {
        let url = try #require(
            Bundle.module.url(
                forResource: "Fixtures/tokenizer/normalisation", withExtension: "json"))
        let cases = try JSONDecoder().decode(Cases.self, from: Data(contentsOf: url)).cases
        #expect(cases.count >= 300)
        for test in cases {
            if compose(test.text) != Array(test.composed.utf8) {
                Issue.record("\(test.text.unicodeScalars.map { String($0.value, radix: 16) })")
            }
        }
    }

    @Test func composedTextIsLeftAlone() {
        for text in ["", "plain", "\u{e9} 中文 한국어 がく 🙂", "a\u{300c}b"] {
            let bytes = Array(text.utf8)
            #expect(CanonicalComposition.compose(bytes.span) == nil)
        }
    }

    /// Sorting them one by one would take minutes.
    @Test func aLongRunOfMarksIsComposedToo() {
        let result = compose("a" + String(repeating: "\u{301}\u{323}", count: 100_000))
        #expect(result.starts(with: Array("\u{1ea1}\u{323}".utf8)))
        #expect(result.count == 3 + 2 * 199_999)
    }
}
