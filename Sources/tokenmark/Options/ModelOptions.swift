internal import ArgumentParser
internal import Qwen
internal import Suite

/// Which model runs, from which weights, in which precision; shared by every command that runs one.
struct ModelOptions: ParsableArguments {
    @OptionGroup var weightOptions: WeightOptions

    @Option(
        help: "Precision of the KV cache: f32, bf16 or int8; bf16, or f32 for f32, unless given.")
    var kvCache: CachePrecision?

    @Option(
        parsing: .unconditional,
        help: "Where random weights, prompts and sampling start from.")
    var seed: UInt64 = 0

    var model: String? { weightOptions.model }
    var weights: String? { weightOptions.weights }
    var precision: Precision? { weightOptions.precision }

    /// What they ask for, on a machine.
    func settings(on machine: MachineOptions) -> CoreSettings {
        weightOptions.settings(on: machine.settings, cache: kvCache, seed: seed)
    }
}

/// Which weights, in which precision.
struct WeightOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "A model's shape, such as qwen1.5-0.5b or qwen-7b; its weights are random.",
            valueName: "preset"),
        completion: .list(ModelConfiguration.presets.map(\.name)))
    var model: String?

    @Option(
        help: ArgumentHelp(
            "A GGUF file, a Hugging Face directory, or a packed file.", valueName: "path"),
        completion: .file())
    var weights: String?

    @Option(
        help: """
            Precision of weights and activations: f32, bf16, int8 or int4; bf16, or that of the \
            packed file, unless given.
            """)
    var precision: Precision?

    /// What they ask for, on a machine.
    ///
    /// - Parameters:
    ///   - cache: Precision of the KV cache; nil for the one that belongs to that of the weights.
    ///   - seed: Where random weights, prompts and sampling start from.
    func settings(
        on machine: MachineSettings, cache: CachePrecision?, seed: UInt64
    ) -> CoreSettings {
        var settings = CoreSettings(model: model, weights: weights, on: machine)
        settings.precision = precision
        settings.kvCache = cache
        settings.seed = seed
        return settings
    }
}

extension Precision: ExpressibleByArgument {}
extension CachePrecision: ExpressibleByArgument {}
extension ReducePrecision: ExpressibleByArgument {}
