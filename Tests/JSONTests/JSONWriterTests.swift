import Testing

@testable import JSON

@Suite struct JSONWriterTests {
    private static let document: JSON = [
        "text": "a \"quoted\" \\ line\n\u{1}é\u{1f600}", "list": [1, -2.5, .number(1e-6), .null],
        "none": [], "empty": .object([]), "nested": ["flag": true, "off": false],
    ]

    @Test(arguments: [true, false])
    func whatIsWrittenIsReadAgain(_ isIndented: Bool) throws {
        let bytes = JSONWriter.bytes(Self.document, isIndented: isIndented)
        let read = try bytes.withUnsafeBytes { bytes in
            Result { () throws(JSONError) in try JSONReader.read(bytes) }
        }.get()
        #expect(read == Self.document)
    }

    @Test func linesAreIndentedByTwo() {
        let json: JSON = ["a": [1, "b"], "c": [], "d": ["e": .null]]
        #expect(
            String(decoding: JSONWriter.bytes(json), as: UTF8.self) == """
                {
                  "a": [
                    1,
                    "b"
                  ],
                  "c": [],
                  "d": {
                    "e": null
                  }
                }

                """)
        #expect(
            String(decoding: JSONWriter.bytes(json, isIndented: false), as: UTF8.self)
                == #"{"a":[1,"b"],"c":[],"d":{"e":null}}"#)
    }

    @Test func controlCharactersAreEscaped() {
        let bytes = JSONWriter.bytes("\t\u{1f}\u{7f}", isIndented: false)
        #expect(String(decoding: bytes, as: UTF8.self) == "\"\\u0009\\u001f\u{7f}\"")
    }
}
