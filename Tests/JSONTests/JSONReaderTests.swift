import Testing

@testable import JSON

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws -> JSON {
        try read(Array(text.utf8))
    }

    private func read(_ bytes: [UInt8]) throws -> JSON {
        try bytes.withUnsafeBytes { try JSONReader.read($0) }
    }

    @Test func everyKindOfValueIsRead() throws {
        let json = try read(
            #" {"a": [1, -2.5e1, true, null], "b": {"c": "x\ny\u00e9\ud83d\ude42"}, "d": null} "#)
        #expect(json["a"]?.array == [.integer(1), .number(-25), .boolean(true), .null])
        #expect(json["b"]?["c"]?.string == "x\nyé🙂")
        #expect(json["d"] == nil)
        #expect(json.members?.map(\.name) == ["a", "b", "d"])
        #expect(try read("9223372036854775808") == .number(9.223372036854775808e18))
    }

    @Test(arguments: [
        "", " ", "{", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":}", "{a:1}", "{\"a\":1,}", "tru", "nul",
        "01", "-", "1.", "1e", "1e999", "+1", "\"abc", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"",
        "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"a\nb\"", "[1]]", "{\"a\":1,\"a\":2}", "\u{feff}1",
    ])
    func whatIsNotJSONIsRefused(_ text: String) {
        #expect(throws: JSONError.self) { try read(text) }
    }

    @Test func theErrorNamesTheLine() {
        #expect(throws: JSONError(line: 3, problem: "a digit is missing in a number")) {
            try read("[1,\n2,\n-]")
        }
        #expect(throws: JSONError(line: 1, problem: "a string is not UTF-8")) {
            try read([0x22, 0xff, 0x22])
        }
    }

    @Test(
        arguments: [
            ("[1,\nNaN]", 2, "NaN is not JSON, though Python writes it"),
            ("{\"a\": Infinity}", 1, "Infinity is not JSON, though Python writes it"),
            ("-Infinity", 1, "-Infinity is not JSON, though Python writes it"),
            ("[1, ]", 1, "there is a comma behind the last element"),
            ("{\"a\": 1,\n}", 2, "there is a comma behind the last element"),
            ("{\"a\": 1, // one\n\"b\": 2}", 1, "there is a comment, which JSON has not"),
            ("{\"a\": 1 # one\n}", 1, "there is a comment, which JSON has not"),
            ("[1, /* two */ 2]", 1, "there is a comment, which JSON has not"),
            ("{}\n// end", 2, "there is a comment, which JSON has not"),
            ("{\"a\": 1, \"a\": 2}", 1, "the name 'a' stands twice in an object"),
        ])
    func whatAPersonCanMendHasARemedy(_ text: String, _ line: Int, _ problem: String) {
        let error = #expect(throws: JSONError.self) { try read(text) }
        #expect(error?.line == line)
        #expect(error?.problem == problem)
        #expect(error?.remedy?.contains("remove") == true)
    }

    @Test(arguments: ["[", "[,]", "{,}", "-I", "N", "[1 2]", "/", "tru"])
    func whatMayBeDamageHasNone(_ text: String) {
        let error = #expect(throws: JSONError.self) { try read(text) }
        #expect(error?.remedy == nil)
    }

    /// A million brackets would need a million stack frames.
    @Test func depthIsBounded() throws {
        let deep = String(repeating: "[", count: 1_000_000)
        #expect(throws: JSONError(line: 1, problem: "it nests deeper than 64")) { try read(deep) }
        #expect(throws: JSONError.self) {
            try read(String(repeating: "{\"a\":", count: 1_000_000))
        }
        let allowed = String(repeating: "[", count: 63) + String(repeating: "]", count: 63)
        #expect(throws: Never.self) { try read(allowed) }
    }

    /// Equal as Swift's strings, but not the same name.
    @Test func namesAreComparedByBytes() throws {
        #expect(try read("{\"\u{c5}\":1,\"A\u{30a}\":2}").members?.count == 2)
    }
}
