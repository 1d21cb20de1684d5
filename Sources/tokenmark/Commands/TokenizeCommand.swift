internal import ArgumentParser
internal import Machine
internal import Qwen

/// `tokenmark tokenize`: a text as token ids.
struct TokenizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tokenize",
        abstract: "Prints the token ids of a text on one line.",
        discussion: """
            Without a text, standard input is read.

            Example: tokenmark tokenize --weights model.gguf "Hello, world"
            """
    )

    @Option(
        help: ArgumentHelp("A GGUF or packed file, whose tokenizer is used.", valueName: "path"))
    var weights: String

    @Flag(help: "Take <|im_start|> and the like in the text as the tokens they name.")
    var specials = false

    @Argument(help: "The text.")
    var text: String?

    func run() throws {
        let tokenizer = try tokenizer()
        let ids = try tokenizer.encode(
            text ?? StandardInput.readAll(), recognisesSpecials: specials)
        Terminal.output(ids.map(String.init).joined(separator: " ") + "\n")
    }

    /// A GGUF file may hold a tokenizer and no model that runs here.
    private func tokenizer() throws -> Tokenizer {
        let mapping = try MappedFile(path: weights)
        guard PackedModelFile.isPacked(mapping) else {
            return try Tokenizer(GGUFFile(mapping.bytes))
        }
        guard let metadata = try PackedModelFile(mapping).metadata() else {
            throw UsageError("--weights \(weights) was made from random weights: no tokenizer")
        }
        return try Tokenizer(metadata)
    }
}
