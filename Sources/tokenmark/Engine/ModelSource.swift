internal import Machine
internal import Qwen

/// Where a model's shape and weights come from: a preset with random weights, or a file.
struct ModelSource {
    enum Origin: String {
        case random
        case gguf
    }

    let origin: Origin
    let configuration: ModelConfiguration
    let tensors: any TensorSource
    let path: String?
    /// Of random weights.
    let seed: UInt64?
    let gguf: GGUFModel?

    /// - Throws: `UsageError` when neither or both of `--model` and `--weights` are given;
    ///   `QwenError` and `MachineError` for a file that cannot be used.
    init(_ options: ModelOptions) throws {
        switch (options.model, options.weights) {
        case (let preset?, nil):
            try self.init(preset: preset, seed: options.seed)
        case (nil, let path?):
            try self.init(path: path)
        case (_?, let path?):
            throw UsageError(
                "--model and --weights exclude each other: \(path) knows its own shape")
        case (nil, nil):
            throw UsageError(
                "no model: give --model qwen1.5-0.5b for random weights, or --weights FILE")
        }
    }

    /// Random weights of a preset's shape.
    init(preset: String, seed: UInt64) throws {
        origin = .random
        configuration = try ModelConfiguration.preset(named: preset)
        tensors = RandomTensorSource(configuration, seed: seed)
        path = nil
        self.seed = seed
        gguf = nil
    }

    /// A GGUF file.
    init(path: String) throws {
        let model = try GGUFModel(path: path)
        origin = .gguf
        configuration = model.configuration
        tensors = model
        self.path = path
        seed = nil
        gguf = model
    }
}
