internal import ArgumentParser
internal import Basics
internal import Machine
internal import Qwen
internal import Suite

/// `tokenmark tokenize`: a text as token ids.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Prints the token ids of a text on one line.",
        discussion: """
            Without a text, standard input is read. --tokenizer takes a Hugging Face directory \
            (tokenizer.json, qwen.tiktoken, or vocab.json with merges.txt), one of these files, \
            or a GGUF or packed file; no weights are needed.

            Example: tokenmark tokenize --tokenizer Qwen1.5-7B-Chat "Hello, world"
            """
    )

    @Option(
        name: [.customLong("tokenizer"), .customLong("weights")],
        help: ArgumentHelp("Whose tokenizer is used: a directory or a file.", valueName: "path"),
        completion: .file())
    var tokenizerPath: String

    @Flag(help: "Take <|im_start|> and the like in the text as the tokens they name.")
    var specials = false

    @Flag(help: "Each line is a text, as a JSON string; print a line of ids for each.")
    var jsonLines = false

    @Flag(help: "Print how fast the text is encoded, in MB/s, in place of the ids.")
    var speed = false

    @Argument(help: "The text.")
    var text: String?

    func run() throws {
        let tokenizer = try tokenizer()
        for warning in tokenizer.warnings { Terminal.error("warning: \(warning)\n") }
        let input = try text ?? StandardInput.readAll(isFile: jsonLines)
        let texts = jsonLines ? try TextLines.read(input) : [input]
        if speed {
            try printSpeed(tokenizer, texts)
            return
        }
        var output = ""
        for text in texts {
            let ids = try tokenizer.encode(text, recognisesSpecials: specials)
            output += ids.map(String.init).joined(separator: " ") + "\n"
        }
        try Terminal.output(output)
    }

    private func printSpeed(_ tokenizer: Tokenizer, _ texts: [String]) throws {
        let byteCount = texts.reduce(0) { $0 + $1.utf8.count }
        var tokenCount = 0
        let start = Clock.now()
        for text in texts {
            tokenCount += try tokenizer.encode(text, recognisesSpecials: specials).count
        }
        let seconds = Double(Clock.now() - start) / 1e9
        let rate = (100 * Double(byteCount) / 1e6 / seconds).rounded() / 100
        try Terminal.output(
            "\(rate) MB/s: \(byteCount) bytes, \(tokenCount) tokens, \(texts.count) texts\n")
    }

    /// The file may hold a tokenizer and no model that runs here.
    private func tokenizer() throws -> Tokenizer {
        guard let mapping = try? MappedFile(path: tokenizerPath) else {
            return try Tokenizer(path: HubSnapshot.directory(of: tokenizerPath))
        }
        if PackedModelFile.isPacked(mapping) {
            guard let tokenizer = try PackedModelFile(mapping).tokenizer() else {
                throw UsageError(
                    "--tokenizer \(tokenizerPath) was made without a tokenizer; make it again from "
                        + "a model with one")
            }
            return tokenizer
        }
        guard GGUFFile.isGGUF(mapping.bytes) else { return try Tokenizer(path: tokenizerPath) }
        return try withExtendedLifetime(mapping) {
            let file = try GGUFFile(mapping.bytes)
            try file.checkIsFirstPart(tokenizerPath)
            return try Tokenizer(file)
        }
    }
}
