internal import Machine
internal import Qwen

/// Where a model's shape and weights come from: a preset with random weights, or a file.
struct ModelSource {
    enum Origin: String {
        case random
        case gguf
        case packed
    }

    enum Weights {
        /// To be packed.
        case tensors(any TensorSource)
        /// Packed already.
        case packed(PackedModelFile)
    }

    let origin: Origin
    let configuration: ModelConfiguration
    /// What the model will run in.
    let precision: Precision
    let weights: Weights
    let path: String?
    /// Of random weights.
    let seed: UInt64?
    /// Metadata of the file, its tokenizer among them; nil for random weights.
    let metadata: GGUFFile?
    /// The metadata as a file without tensors; empty for random weights.
    let metadataBytes: [UInt8]

    /// Random weights of a preset's shape.
    init(preset: String, precision: Precision?, seed: UInt64) throws {
        origin = .random
        configuration = try ModelConfiguration.preset(named: preset)
        self.precision = precision ?? .bf16
        weights = .tensors(RandomTensorSource(configuration, seed: seed))
        path = nil
        self.seed = seed
        metadata = nil
        metadataBytes = []
    }

    /// A GGUF file or a packed one.
    ///
    /// - Throws: `UsageError` when a packed file has another precision than the one asked for.
    init(path: String, precision: Precision?) throws {
        let mapping = try MappedFile(path: path)
        self.path = path
        seed = nil
        if PackedModelFile.isPacked(mapping) {
            let file = try PackedModelFile(mapping)
            if let precision, precision != file.precision {
                throw UsageError(
                    "--precision \(precision.rawValue): \(path) is packed in "
                        + "\(file.precision.rawValue); leave the option out, or convert again")
            }
            origin = .packed
            configuration = file.configuration
            self.precision = file.precision
            weights = .packed(file)
            metadata = try file.metadata()
            metadataBytes = []
        } else {
            let file = try GGUFModel(mapping, path: path)
            origin = .gguf
            configuration = file.configuration
            self.precision = precision ?? .bf16
            weights = .tensors(file)
            metadata = file.file
            metadataBytes = file.metadataBytes
        }
    }

    /// The tokenizer of the file.
    ///
    /// - Parameter purpose: what it is wanted for, as in "to generate text".
    /// - Throws: `UsageError` for random weights, `QwenError` for one that cannot be used.
    func tokenizer(_ purpose: String) throws -> Tokenizer {
        guard let metadata else {
            throw UsageError(
                "these are random weights without a tokenizer; give --weights FILE of a trained "
                    + "model \(purpose)")
        }
        return try Tokenizer(metadata)
    }
}
