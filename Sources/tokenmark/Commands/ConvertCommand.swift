internal import ArgumentParser
internal import Machine
internal import Qwen
internal import Reporting
internal import Suite
internal import Sweep

/// `tokenmark convert`: packs a model once, so that later runs map it, or writes it back as a
/// Hugging Face directory.
struct ConvertCommand: ParsableCommand {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case packed
        case safetensors
    }

    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Packs a model into a file that is mapped, not parsed, or writes safetensors.",
        discussion: """
            The packed file holds the weights in the layout that the kernels read, and the model's \
            tokenizer: give it to any command as --weights, without the model it was made from. \
            Loading costs page faults only. Packing is the same on every machine, and takes some \
            MiB of memory for each thread, however large the model.

            --ranks 2 writes a directory with a packed file for each of two ranks, part_model/0 and \
            part_model/1, which sweep --ranks 2 maps.

            --to safetensors writes a Hugging Face directory, in f32 or bf16: config.json, the \
            weights under the names of transformers, the tokenizer's files. What the precision \
            holds does not change by a bit; bf16 rounds what it does not hold.

            Example: tokenmark convert --weights model.gguf --precision int8 --output model.int8
            Example: tokenmark convert --weights model.gguf --to safetensors --precision bf16 \
            --output model-bf16
            """
    )

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    @Option(help: "What to write: packed, or safetensors.")
    var to: Format = .packed

    @Option(
        help: ArgumentHelp("Where the packed file or the directory goes.", valueName: "path"),
        completion: .file())
    var output: String

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Processes that are to run it together: the path is a directory then.", valueName: "n"))
    var ranks: Int?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp(
            "Weights that one file of safetensors has at most; 5GiB unless given.",
            valueName: "bytes"))
    var shardSize: ByteCount?

    @Flag(help: "Replace a packed file that is there already.")
    var force = false

    private static let usualShardBytes = 5 << 30

    func run() throws {
        let source = try modelOptions.settings(on: machineOptions).source()
        guard case .tensors(let tensors) = source.weights else {
            throw UsageError(
                "--weights \(source.path ?? "") is packed in \(source.precision.rawValue) already; "
                    + "convert from the file it was made from")
        }
        switch (to, ranks) {
        case (.packed, nil): try pack(tensors, of: source)
        case (.packed, let ranks?): try pack(tensors, of: source, for: ranks)
        case (.safetensors, _): try unpack(tensors, of: source)
        }
    }

    private func pack(_ tensors: any TensorSource, of source: ModelSource) throws {
        guard force || !MappedOutput.exists(output) else {
            throw UsageError("--output \(output) exists; choose another name, or add --force")
        }
        try packing(source) { pool, files in
            let byteCount = try PackedModelWriter(
                source.configuration, precision: source.precision, origin: origin(of: source),
                files: files
            ).write(tensors, to: output, on: pool)
            return "\(output): \(byteCount) bytes\n"
        }
    }

    private func pack(
        _ tensors: any TensorSource, of source: ModelSource, for ranks: Int
    ) throws {
        guard ranks > 1 else {
            throw UsageError(
                "--ranks \(ranks) is not a number of 2 or more; leave it out for one process")
        }
        try checkVacant()
        let shares = try RankShare.all(source.configuration, of: ranks)
        try packing(source) { pool, files in
            var byteCount = 0
            for share in shares {
                try ReportDirectory.createDirectory(RankParts.folder(in: output, rank: share.rank))
                byteCount += try PackedModelWriter(
                    share, precision: source.precision, origin: origin(of: source),
                    files: share.rank == 0 ? files : []
                ).write(tensors, to: RankParts.path(in: output, rank: share.rank), on: pool)
            }
            return """
                \(output): \(byteCount) bytes in \(ranks) parts
                Tensor parallelism weights have been successfully saved.

                """
        }
    }

    /// Packs on the threads that are asked for, with the files to keep, and prints what came of it.
    private func packing(
        _ source: ModelSource, _ write: (WorkerPool, [KeptFile]) throws -> String
    ) throws {
        guard shardSize == nil else {
            throw UsageError("--shard-size is for --to safetensors; leave it out, or add that")
        }
        let progress = ProgressView(.init(isQuiet: false))
        defer { progress.end() }
        progress.note("packing \(Self.sizeText(source)) in \(source.precision.rawValue)")
        let files = try source.keptFiles()
        if files.isEmpty {
            progress.report(
                .warning("there is no tokenizer to keep: the file can be measured, and not asked"))
        }
        let loss = source.packingLoss()
        let result = try write(machineOptions.settings.execution().pool, files)
        progress.end()
        if let loss { Terminal.error("note: \(loss)\n") }
        try Terminal.output(result)
    }

    /// Checks that a directory can be made of the output.
    private func checkVacant() throws(UsageError) {
        guard !force else {
            throw UsageError(
                "--force replaces a packed file, never a directory; remove \(output) yourself")
        }
        guard !MappedOutput.exists(output) else {
            throw UsageError("--output \(output) exists; choose another name, or remove it")
        }
    }

    private func unpack(_ tensors: any TensorSource, of source: ModelSource) throws {
        guard let type = SafetensorsType(source.precision) else {
            throw UsageError(
                "--precision \(source.precision.rawValue): safetensors are written in f32 or bf16; "
                    + "choose one of these, or leave out --to for a packed file")
        }
        guard ranks == nil else {
            throw UsageError("--ranks is for packed files; leave it out, or --to safetensors")
        }
        try checkVacant()
        let files = try files(of: source, tensors)
        let progress = ProgressView(.init(isQuiet: false))
        defer { progress.end() }
        for warning in files.warnings { progress.report(.warning(warning)) }
        if let reason = files.missingTokenizer {
            progress.report(.warning("no tokenizer is written: \(reason)"))
        }
        progress.note("writing \(Self.sizeText(source)) in \(source.precision.rawValue)")
        let result = try HuggingFaceWriter(
            source.configuration, type: type,
            shardByteCount: shardSize?.bytes ?? Self.usualShardBytes, files: files
        ).write(tensors, to: output)
        progress.end()
        let name = result.shardCount == 1 ? "file" : "files"
        try Terminal.output(
            "\(output): \(result.byteCount) bytes of weights in \(result.shardCount) \(name)\n")
    }

    private func files(of source: ModelSource, _ tensors: any TensorSource) throws -> ModelFiles {
        if let model = tensors as? GGUFModel { return try ModelFiles(model) }
        guard let path = source.path else { return ModelFiles(source.configuration) }
        return try ModelFiles(copying: path, of: source.configuration)
    }

    private static func sizeText(_ source: ModelSource) -> String {
        "\(source.configuration.parameterCount / 1_000_000) million parameters"
    }

    private func origin(of source: ModelSource) -> String {
        source.seed.map { "random weights, seed \($0)" } ?? source.path ?? ""
    }
}
