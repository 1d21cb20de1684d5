internal import ArgumentParser
internal import Machine
internal import Qwen
internal import Reporting
internal import Sweep

/// `tokenmark models`: the presets, how large they are, and what of them fits this machine.
struct ModelsCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text
        case csv
        case json
    }

    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Lists the presets, their sizes, and what fits this machine.",
        discussion: """
            Bytes are counted from the shapes, as a run allocates them: weights as they are packed, \
            KV cache with its scales, scratch for as many threads as a run would have. Largest \
            batch: sequences of --pair at once. Longest sequence: input and output together, alone.

            Example: tokenmark models --pair 2048x256 --memory-limit 32GiB --format csv
            """
    )

    @Option(help: ArgumentHelp("Input and output length to find the largest batch for."))
    var pair = "512x512"

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

    @Option(help: ArgumentHelp("text, csv or json.", valueName: "format"))
    var format: Format = .text

    func run() throws {
        let room = try room()
        let sizes = try ModelConfiguration.presets.flatMap { preset in
            try Precision.allCases.map { try ModelSize(preset, $0, room) }
        }
        switch format {
        case .text: try Terminal.output(ModelSizeText(room, sizes).text)
        case .csv: try Terminal.output(CSV.text(ModelSize.columns(room.pair), sizes))
        case .json: try Terminal.output(JSONTable.text(ModelSize.columns(room.pair), sizes))
        }
    }

    private func room() throws -> ModelSize.Room {
        let pairs = try ListText.pairs(pair)
        guard let only = pairs.first, pairs.count == 1 else {
            throw UsageError("--pair \(pair) is not one pair of lengths; write 512x512")
        }
        guard only.input > 0, only.output > 0 else {
            throw UsageError("--pair \(pair): a length is below 1")
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
