import Testing
import Texts

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
            (
                [0x61, 0x00, 0x62, 0x00, 0x63, 0x00, 0x64, 0x00], 0, 1,
                "the text looks like UTF-16 without its mark"
            ),
            (
                [0x00, 0x61, 0x00, 0x62, 0x00, 0x63, 0x00, 0x64], 0, 1,
                "the text looks like UTF-16 without its mark"
            ),
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

    @Test(arguments: ["a\0b", "a\0b\0", "\0a", "a\0b\0c\0de", "a\0bcdefgh"])
    func charactersOfCodeZeroAreText(_ text: String) throws {
        #expect(try PlainText.decode(Array(text.utf8)) == text)
    }

    @Test(
        arguments: [
            ("version https://git-lfs.github.com/spec/v1\noid", "a pointer of Git LFS"),
            ("\u{FEFF}\n<!DOCTYPE html>\n", "an HTML page"),
            ("PK\u{3}\u{4}\u{14}\0", "a zip archive"), ("GGUF\u{3}\0\0\0", "a GGUF file"),
            ("PAR1\u{15}\u{4}", "a Parquet file"),
        ])
    func anotherFileIsNamed(_ content: String, _ kind: String) {
        let failure = #expect(throws: PlainText.Failure.self) {
            try PlainText.decode(file: Array(content.utf8))
        }
        #expect(failure?.description.hasPrefix("it is \(kind)") == true)
        #expect(failure?.description.hasSuffix("; a text belongs here") == true)
    }

    @Test(arguments: [([0x1F, 0x8B, 8, 0], "gzip"), ([0x28, 0xB5, 0x2F, 0xFD, 0x24], "zstd")])
    func compressedFilesAreNamed(_ bytes: [UInt8], _ kind: String) {
        let failure = #expect(throws: PlainText.Failure.self) {
            try PlainText.decode(file: bytes)
        }
        #expect(failure?.problem == "it is compressed by \(kind): decompress it")
    }

    @Test(arguments: ["GGUF is a format.", "PAR1", "PAR1é is", "ü€𝄞", "", "{\"a\": 1}"])
    func textsAreTextsWhateverTheyBeginWith(_ text: String) throws {
        #expect(try PlainText.decode(file: Array(text.utf8)) == text)
        let units = ([0xFEFF] + Array(text.utf16))
        #expect(try PlainText.decode(file: utf16(units, isLittle: true)) == text)
    }
}
