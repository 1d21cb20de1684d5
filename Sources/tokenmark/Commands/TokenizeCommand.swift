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

    @Option(help: ArgumentHelp("A GGUF file, whose tokenizer is used.", valueName: "path"))
    var weights: String

    @Flag(help: "Take <|im_start|> and the like in the text as the tokens they name.")
    var specials = false

    @Argument(help: "The text.")
    var text: String?

    func run() throws {
        let mapping = try MappedFile(path: weights)
        let tokenizer = try Tokenizer(GGUFFile(mapping.bytes))
        let ids = try tokenizer.encode(
            text ?? StandardInput.readAll(), recognisesSpecials: specials)
        Terminal.output(ids.map(String.init).joined(separator: " ") + "\n")
    }
}
