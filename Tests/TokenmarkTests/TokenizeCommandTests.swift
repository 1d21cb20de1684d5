import TestSupport
import Testing

@Suite struct TokenizeCommandTests {
    private let directory = TemporaryDirectory()

    /// A vocabulary of two letters and their pair, as a Hugging Face directory.
    private func tokenizer() -> String {
        directory.write(#"{"h": 0, "e": 1, "he": 2, "<|im_end|>": 3}"#, to: "vocab.json")
        directory.write("#version: 0.2\nh e\n", to: "merges.txt")
        return directory.path
    }

    @Test func aDirectoryNeedsNoWeights() throws {
        let result = try Program.run(["tokenize", "--tokenizer", tokenizer(), "hehhe<|im_end|>"])
        // The special is plain text, whose characters this vocabulary lacks.
        #expect(result.status == 2)
        #expect(result.error.contains("cannot write the byte 60"))
        let special = try Program.run([
            "tokenize", "--tokenizer", tokenizer(), "--specials", "hehhe<|im_end|>",
        ])
        #expect(special.output == "2 0 2 3\n")
    }

    @Test func everyJSONLineIsAText() throws {
        let lines = "\"he\"\n\n\"\"\n\"e\\u0068e\"\n"
        let result = try Program.run([
            "tokenize", "--tokenizer", tokenizer(), "--json-lines", lines,
        ])
        #expect(result.output == "2\n\n1 2\n")
        let wrong = try Program.run([
            "tokenize", "--tokenizer", tokenizer(), "--json-lines", "\"he\"\nhe",
        ])
        #expect(wrong.status == 2)
        #expect(wrong.error.contains("line 2 of the texts"))
    }

    @Test func speedIsPrintedInPlaceOfIds() throws {
        let result = try Program.run([
            "tokenize", "--tokenizer", tokenizer(), "--speed", "hehe",
        ])
        #expect(result.output.contains(" MB/s: 4 bytes, 2 tokens, 1 texts\n"))
    }

    @Test func aDirectoryWithoutATokenizerIsNamed() throws {
        let result = try Program.run(["tokenize", "--tokenizer", directory.path, "he"])
        #expect(result.status == 2)
        #expect(result.error.contains(directory.path))
        #expect(result.error.contains("qwen.tiktoken"))
    }

    @Test func aBrokenFileIsNamedWithItsLine() throws {
        _ = tokenizer()
        directory.write("#version: 0.2\nh e\nh x\n", to: "merges.txt")
        let result = try Program.run(["tokenize", "--tokenizer", directory.path, "he"])
        #expect(result.status == 2)
        #expect(result.error.contains("merges.txt cannot be used: in line 3"))
    }
}
