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

    @Test func numbersAreCutAsThePatternSays() {
        #expect(pieces(.qwen2, "12345 ٣") == scalars(["1", "2", "3", "4", "5", " ", "٣"]))
        #expect(pieces(.llama3, "12345 ٣") == scalars(["123", "45", " ", "٣"]))
        #expect(pieces(.gpt2, "12345 ٣") == scalars(["12345", " ٣"]))
        #expect(pieces(.gpt2, "a   1") == scalars(["a", "  ", " 1"]))
    }

    /// llama.cpp's pattern for files that name none.
    @Test(arguments: [
        ("don't stop", ["don", "'", "t", " stop"]),
        ("a  .b", ["a", "  ", ".", "b"]),
        ("a  b", ["a", " ", " b"]),
        ("a  1", ["a", " ", " ", "1"]),
        ("12345", ["123", "45"]),
        ("1234567", ["123", "456", "7"]),
        ("12٣456", ["12٣", "456"]),
        ("1٣2345", ["1٣", "234", "5"]),
        (" 12", [" ", "12"]),
        ("x+=y; `z`", ["x", "+=", "y", ";", " `", "z", "`"]),
        ("€5 $5 «a»", ["€", "5", " ", "$", "5", " ", "«", "a", "»"]),
        ("a\n\n.b\n\nc", ["a", "\n\n", ".", "b", "\n", "\n", "c"]),
        ("e\u{301}.", ["e", "\u{301}", "."]),
    ])
    func llamaCppCutsMarksAndNumbersApart(_ text: String, _ wanted: [String]) {
        #expect(pieces(.llamaCpp, text) == scalars(wanted))
    }

    @Test func contractionsAreFoldedInQwensPatternOnly() {
        #expect(pieces(.qwen2, "a'S'ſ'LL") == scalars(["a", "'S", "'ſ", "'LL"]))
        #expect(pieces(.gpt2, "a's'S'll") == scalars(["a", "'s", "'", "S", "'ll"]))
        // What only begins like one is no contraction.
        #expect(pieces(.qwen2, "'lx'") == scalars(["'lx", "'"]))
        #expect(pieces(.qwen2, "'r") == scalars(["'r"]))
    }

    // Compared by scalars: String equality would take composed and decomposed for the same.

    private func pieces(_ splitter: Splitter, _ text: String) -> [[Unicode.Scalar]] {
        let bytes = Array(text.utf8)
        var pieces: [[Unicode.Scalar]] = []
        var start = 0
        while start < bytes.count {
            let end = splitter.end(ofPieceAt: start, in: bytes.span)
            pieces.append(Array(String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars))
            start = end
        }
        return pieces
    }

    private func scalars(_ texts: [String]) -> [[Unicode.Scalar]] {
        texts.map { Array($0.unicodeScalars) }
    }
}
