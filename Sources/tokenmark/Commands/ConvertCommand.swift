internal import ArgumentParser
internal import Machine
internal import Qwen
internal import Sweep

/// `tokenmark convert`: packs a model once, so that later runs map it.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Packs a model into a file that is mapped, not parsed.",
        discussion: """
            The packed file holds the weights in the layout that the kernels read, and the model's \
            tokenizer: give it to any command as --weights, without the model it was made from. \
            Loading costs page faults only. Packing is the same on every machine, and takes some \
            MiB of memory for each thread, however large the model.

            Example: tokenmark convert --weights model.gguf --precision int8 --output model.int8
            """
    )

    @OptionGroup(title: "Model") var modelOptions: ModelOptions
    @OptionGroup(title: "Machine") var machineOptions: MachineOptions

    @Option(help: ArgumentHelp("Where the packed file goes.", valueName: "file"))
    var output: String

    @Flag(help: "Replace a file that is there already.")
    var force = false

    func run() throws {
        let source = try WorkerSettings(modelOptions, machineOptions).source()
        guard case .tensors(let tensors) = source.weights else {
            throw UsageError(
                "--weights \(source.path ?? "") is packed in \(source.precision.rawValue) already; "
                    + "convert from the file it was made from")
        }
        guard force || !MappedOutput.exists(output) else {
            throw UsageError("--output \(output) exists; choose another name, or add --force")
        }
        let progress = ProgressLine()
        progress.note(
            "packing \(source.configuration.parameterCount / 1_000_000) million parameters in "
                + source.precision.rawValue)
        let files = try source.keptFiles()
        if files.isEmpty {
            progress.report(
                .warning("there is no tokenizer to keep: the file can be measured, and not asked"))
        }
        let byteCount = try PackedModelWriter(
            source.configuration, precision: source.precision, origin: origin(of: source),
            files: files
        ).write(tensors, to: output, on: machineOptions.execution().pool)
        Terminal.output("\(output): \(byteCount) bytes\n")
    }

    private func origin(of source: ModelSource) -> String {
        source.seed.map { "random weights, seed \($0)" } ?? source.path ?? ""
    }
}
