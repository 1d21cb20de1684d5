import JSON

@testable import Qwen

extension Reader {
    /// `tokenizer.json` and `tokenizer_config.json`.
    func readTokenizer(_ input: Input, in scratch: Scratch) throws {
        scratch.write(input, to: "tokenizer.json", "tokenizer_config.json")
        try use(Tokenizer(path: scratch.path))
    }

    /// A file of ranks, as many as it has lines.
    func readRanks(_ input: Input, in scratch: Scratch) throws {
        scratch.write(input.bytes, to: "small.tiktoken")
        let lines = input.bytes.count { $0 == UInt8(ascii: "\n") }
        let file = try ModelFile(path: scratch.path("small.tiktoken"))
        try use(Tokenizer(RankFile(file, count: lines).parts()))
    }

    /// `vocab.json`, `merges.txt`, `tokenizer_config.json` and `added_tokens.json`.
    func readMerges(_ input: Input, in scratch: Scratch) throws {
        scratch.write(
            input, to: "vocab.json", "merges.txt", "tokenizer_config.json", "added_tokens.json")
        try use(Tokenizer(path: scratch.path))
    }

    /// A chat template, and an object of the variables that it is rendered with.
    func readTemplate(_ input: Input) throws {
        let parts = input.parts(2)
        let template = try Template(String(decoding: parts[0], as: UTF8.self))
        let variables: JSON = parts.count > 1 ? try JSONReader.read(parts[1]) : [:]
        _ = try template.render(variables, time: 0)
    }

    /// Writes and reads a text with it.
    func use(_ tokenizer: Tokenizer) throws {
        let text = "he he\u{301}'ll say: 12345 <|im_start|>caf\u{e9} \u{1f600}\r\n\t x"
        for recognisesSpecials in [false, true] {
            let tokens = try tokenizer.promptTokens(text, recognisesSpecials: recognisesSpecials)
            _ = try tokenizer.decode(tokens)
        }
        _ = try Conversation(tokenizer, template: ChatTemplate(), window: 64)
    }
}
