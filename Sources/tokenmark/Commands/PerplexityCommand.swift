internal import ArgumentParser
internal import Foundation
internal import Qwen
internal import Reporting

/// `tokenmark perplexity`: how well a model foretells a text, and so what a precision costs.
struct PerplexityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "perplexity",
        abstract: "Measures how well a model foretells a text.",
        discussion: """
            The method of llama.cpp's tool of this name: consecutive windows of the context \
            length, the first half of each as context, the second half scored.

            Example: tokenmark perplexity --weights model.gguf --text wiki.txt --precision int8
            """
    )

    @Option(help: ArgumentHelp("A text file: UTF-8, or UTF-16 with its mark.", valueName: "file"))
    var text: String

    @Option(help: ArgumentHelp("Tokens of a window.", valueName: "n"))
    var context = 512

    @Option(help: ArgumentHelp("Windows to score at most.", valueName: "n"))
    var chunks: Int?

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    /// Windows that are scored together.
    private static let batch = 16

    func run() throws {
        guard context >= 4 else {
            throw UsageError("--context \(context) is below 4; half a window must have tokens")
        }
        if let chunks, chunks < 1 {
            throw UsageError("--chunks \(chunks) is not a number of 1 or more")
        }
        let source = try WorkerSettings(modelOptions, machineOptions).source()
        let windows = try windows(source.tokenizer("for perplexity"))
        let loaded = try LoadedModel(
            source, cache: modelOptions.kvCache, execution: machineOptions.execution())
        loaded.sayNote()
        var perplexity = Perplexity(context: context)
        var done = 0
        while done < windows.count {
            let part = Array(windows[done..<min(done + Self.batch, windows.count)])
            let session = try Session(
                model: loaded.model, batch: part.count, capacity: context,
                availableBytes: loaded.availableBytes)
            perplexity.score(part, with: session)
            done += part.count
            if Terminal.errorIsTerminal {
                Terminal.error("window \(done)/\(windows.count)\n")
            }
        }
        let value = perplexity.value.map { "\($0)" } ?? "unknown"
        let error = perplexity.standardError.map { " ± \($0)" } ?? ""
        try Terminal.output(
            "perplexity \(value)\(error) over \(perplexity.tokenCount) tokens in "
                + "\(windows.count) windows of \(context), \(source.precision.rawValue)\n")
    }

    private func windows(_ tokenizer: Tokenizer) throws -> [[Int32]] {
        guard let data = FileManager.default.contents(atPath: text) else {
            throw UsageError("--text \(text) cannot be read; check the path")
        }
        let tokens = try tokenizer.encode(PlainText.of([UInt8](data), from: "--text \(self.text)"))
        let count = min(tokens.count / context, chunks ?? .max)
        guard count > 0 else {
            throw UsageError(
                "--text \(text) has \(tokens.count) tokens, fewer than one window of \(context)")
        }
        return (0..<count).map { index in
            var window = tokens[index * context..<(index + 1) * context].map { Int32($0) }
            if tokenizer.addsBeginToken, let begin = tokenizer.beginToken {
                window[0] = Int32(begin)
            }
            return window
        }
    }
}
