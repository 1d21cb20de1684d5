internal import ArgumentParser
internal import Machine
internal import Qwen
internal import Reporting
internal import Suite
internal import Sweep

/// `tokenmark models`: the presets, how large they are, and what of them fits this machine.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Lists the presets, their sizes, and what fits this machine.",
        discussion: """
            Bytes are counted from the shapes, as a run allocates them: weights as they are packed, \
            KV cache with its scales, scratch for as many threads as a run would have. Largest \
            batch: sequences of --pairs at once. Longest sequence: input and output together, alone.

            Example: tokenmark models --pairs 2048x256 --memory-limit 32GiB --format csv
            """
    )

    @Option(
        help: ArgumentHelp(
            "Input and output length to find the largest batch for; 512x512 unless given.",
            valueName: "pair"))
    var pairs: String?

    @Option(
        help: ArgumentHelp("What --pairs was called once.", valueName: "pair", visibility: .hidden))
    var pair: String?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Memory that it must fit: 8GiB, 512MiB.",
            discussion:
                "What the machine and the control group leave now, minus 256 MiB, unless given.",
            valueName: "bytes"))
    var memoryLimit: ByteCount?

    @Option(
        help: "Precision of the KV cache: f32, bf16 or int8; bf16, or f32 for f32, unless given.")
    var kvCache: CachePrecision?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Worker threads; one for each physical core unless given.", valueName: "n"))
    var threads: Int?

    @OptionGroup var formatOptions: FormatOptions

    func run() throws {
        let name = "models"
        let choice = try formatOptions.choice(of: [name])
        let room = try room()
        let sizes = try ModelConfiguration.presets.flatMap { preset in
            try Precision.allCases.map { try ModelSize(preset, $0, room) }
        }
        var document = ReportDocument(
            title: "Models", tables: [ReportTable(name, ModelSize.columns(room.pair), sizes)])
        document.markdown = { ModelSizeText(room, sizes).text }
        try formatOptions.give(document, as: choice)
    }

    /// The name that was used, and what it was given.
    private var written: (name: String, value: String) {
        get throws(UsageError) {
            switch (pairs, pair) {
            case (let pairs?, nil): ("--pairs", pairs)
            case (nil, let pair?): ("--pair", pair)
            case (nil, nil): ("--pairs", "512x512")
            case (_?, _?):
                throw UsageError("--pair and --pairs are the same option; give one of them")
            }
        }
    }

    private func room() throws -> ModelSize.Room {
        let (name, value) = try written
        let lengths = try ListText.pairs(value)
        guard let only = lengths.first, lengths.count == 1 else {
            throw UsageError("\(name) \(value) is not one pair of lengths; write 512x512")
        }
        guard only.input > 0, only.output > 0 else {
            throw UsageError("\(name) \(value): a length is below 1")
        }
        let limits = try ResourceLimits.current()
        let placement = try Placement.choose(
            threads: threads, cpus: nil, topology: Topology.read(), limits: limits)
        return ModelSize.Room(
            bytes: memoryLimit?.bytes
                ?? max(0, limits.usableMemoryBytes - LoadedModel.reserveBytes),
            workers: placement.workerCount, pair: only, cache: kvCache)
    }
}
