import Reporting
import Testing

/// Files as editors, spreadsheets and shells save them.
@Suite struct PlainTextTests {
    private static let text = "batch,ü€\n𝄞\r\n"

    private func utf16(_ units: [UInt16], isLittle: Bool) -> [UInt8] {
        units.flatMap { unit in
            let bytes = [UInt8(unit & 0xFF), UInt8(unit >> 8)]
            return isLittle ? bytes : bytes.reversed()
        }
    }

    @Test func everyFormIsTheSameText() throws {
        let text = Self.text
        let units = [0xFEFF] + Array(text.utf16)
        for bytes in [
            Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8),
            utf16(units, isLittle: true), utf16(units, isLittle: false),
        ] {
            #expect(try PlainText.decode(bytes) == text)
        }
        #expect(try PlainText.decode([]) == "")
        #expect(try PlainText.decode([0xEF, 0xBB, 0xBF]) == "")
        #expect(try PlainText.decode([0xFF, 0xFE]) == "")
        #expect(try PlainText.decode(Array("a\u{FFFD}b".utf8)) == "a\u{FFFD}b")
    }

    @Test(
        arguments: [
            (Array("a\ncaf".utf8) + [0xE9, 0x0A], 5, 2, "byte 5 of the file is not UTF-8"),
            ([0xEF, 0xBB, 0xBF, 0x61, 0xC3], 4, 1, "byte 4 of the file is not UTF-8"),
            // A surrogate, and one byte too many for a letter.
            ([0xED, 0xA0, 0x80], 0, 1, "byte 0 of the file is not UTF-8"),
            ([0x61, 0xC0, 0x80], 1, 1, "byte 1 of the file is not UTF-8"),
            ([0xFF, 0xFE, 0x61], 2, 1, "byte 2 of the file ends within a character of UTF-16"),
            (
                [0xFF, 0xFE, 0x0A, 0x00, 0x00, 0xD8, 0x61, 0x00], 4, 2,
                "byte 4 of the file is half a character of UTF-16"
            ),
            ([0xFE, 0xFF, 0xDC, 0x00], 2, 1, "byte 2 of the file is half a character of UTF-16"),
            ([0x61, 0x00, 0x62, 0x00], 0, 1, "the text looks like UTF-16 without its mark"),
            ([0x00, 0x61, 0x00, 0x62], 0, 1, "the text looks like UTF-16 without its mark"),
            ([0xFF, 0xFE, 0x00, 0x00, 0x61, 0x00, 0x00, 0x00], 0, 1, "the text is UTF-32"),
        ] as [([UInt8], Int, Int, String)])
    func whatIsNoTextSaysWhere(_ bytes: [UInt8], _ byte: Int, _ line: Int, _ problem: String) {
        #expect(throws: PlainText.Failure.self) { try PlainText.decode(bytes) }
        do {
            _ = try PlainText.decode(bytes)
        } catch {
            #expect((error.byte, error.line) == (byte, line))
            #expect(error.problem == problem)
            #expect(error.description == "\(problem); save the file as UTF-8")
        }
    }
}
