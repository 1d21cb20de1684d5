internal import ArgumentParser

/// `tokenmark quickstart`: a first sweep and its page, without a choice to make.
struct QuickstartCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quickstart",
        abstract: "Measures a small model for a minute, and leaves a page: a first look.",
        discussion: """
            Nothing is fetched and nothing asked. The model has the shape of Qwen1.5-0.5B, and random \
            weights, which take the time that trained ones take. It is this sweep:

            tokenmark \(words.joined(separator: " "))

            Example: tokenmark quickstart
            """
    )

    /// What it stands for.
    static let words = [
        "sweep", "--model", "qwen1.5-0.5b", "--precision", "int8", "--batch", "1,4",
        "--pairs", "128x32",
    ]

    @Option(
        help: ArgumentHelp(
            "Where the report goes.", valueName: "directory"), completion: .directory)
    var reportDir: String?

    @OptionGroup var progressOptions: ProgressOptions

    func run() throws {
        var words = Self.words
        if let reportDir { words += ["--report-dir", reportDir] }
        var sweep = try SweepCommand.parse(Array(words.dropFirst()))
        sweep.progressOptions = progressOptions
        // A report is gone on with, and made again, by the sweep that made it.
        guard let report = try sweep.run(as: ["tokenmark"] + words) else { return }
        try Terminal.output(
            """
            Open \(report)/report.html in a browser. Then:
              your model     tokenmark sweep --weights PATH --batch 1,4 --pairs 512x128
              is it quiet?   tokenmark doctor

            """)
    }
}
