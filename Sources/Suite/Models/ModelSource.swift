internal import Foundation
internal import Machine
package import Qwen
internal import Reporting

/// Where a model's shape and weights come from: a preset with random weights, or files.
package struct ModelSource {
    package enum Origin: String {
        case random
        case gguf
        case huggingFace = "hugging-face"
        case packed
    }

    package enum Weights {
        /// To be packed.
        case tensors(any TensorSource)
        /// Packed already.
        case packed(PackedModelFile)
        /// Packed already, a file for each rank.
        case parts(RankParts)
    }

    package let origin: Origin
    package let configuration: ModelConfiguration
    /// What the model will run in.
    package let precision: Precision
    package let weights: Weights
    package let path: String?
    /// Of random weights.
    package let seed: UInt64?
    /// nil where the weights come from something else.
    private let gguf: GGUFModel?

    /// Random weights of a preset's shape.
    package init(preset: String, precision: Precision?, seed: UInt64) throws {
        origin = .random
        configuration = try ModelConfiguration.preset(named: preset)
        self.precision = precision ?? .bf16
        weights = .tensors(RandomTensorSource(configuration, seed: seed))
        path = nil
        self.seed = seed
        gguf = nil
    }

    /// A GGUF file, a Hugging Face directory or a packed file.
    ///
    /// Of a model's folder in the Hugging Face cache its snapshot is taken.
    ///
    /// - Throws: `UsageError` when a packed file has another precision than the one asked for, and
    ///   for one file of a directory; `QwenError`, `MachineError`.
    package init(path: String, precision: Precision?) throws {
        try Self.checkIsNoName(path)
        if Directory.exists(path) {
            if RankParts.exist(in: path) {
                try self.init(parts: RankParts(directory: path), in: path, precision: precision)
                return
            }
            let directory = try HubSnapshot.directory(of: path)
            try Self.checkDirectory(directory)
            try self.init(directory: directory, precision: precision)
        } else if path.hasSuffix(".safetensors") || path.hasSuffix(".json") {
            throw UsageError(
                "--weights \(path) is one file of a model; name the directory it lies in")
        } else {
            try self.init(file: path, precision: precision)
        }
    }

    /// Refuses a name of the hub or of ollama, where there is no such path.
    private static func checkIsNoName(_ path: String) throws(UsageError) {
        guard !FileManager.default.fileExists(atPath: path) else { return }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let isFile = ["gguf", "safetensors", "json"].contains { path.hasSuffix(".\($0)") }
        let isHub = parts.count == 2 && !isFile && !parts[0].isEmpty && !parts[0].hasPrefix(".")
        guard path.contains("://") || (parts.count <= 2 && path.contains(":")) || isHub else {
            return
        }
        throw UsageError(
            "--weights \(path): there is no such file or directory, and nothing is downloaded here; "
                + "get it with huggingface-cli download \(isHub ? path : "ORG/NAME") --local-dir DIR, "
                + "then give --weights DIR")
    }

    /// Refuses a directory of GGUF files, such as the snapshot of a repository of them.
    private static func checkDirectory(_ path: String) throws(UsageError) {
        let names = Directory.names(in: path)
        let files = names.filter { $0.lowercased().hasSuffix(".gguf") }
        guard !names.contains("config.json"), let first = files.first else { return }
        throw UsageError(
            "--weights \(path) has no config.json and \(files.count) GGUF "
                + "file\(files.count == 1 ? "" : "s"); name one, such as \(path)/\(first)")
    }

    private init(directory: String, precision: Precision?) throws {
        let model = try HuggingFaceModel(directory: directory)
        origin = .huggingFace
        configuration = model.configuration
        self.precision = precision ?? .bf16
        weights = .tensors(model)
        path = directory
        seed = nil
        gguf = nil
    }

    private init(parts: RankParts, in path: String, precision: Precision?) throws {
        try Self.check(precision, of: parts.first, path)
        origin = .packed
        configuration = parts.first.share?.whole ?? parts.first.configuration
        self.precision = parts.first.precision
        weights = .parts(parts)
        self.path = path
        seed = nil
        gguf = nil
    }

    private static func check(
        _ precision: Precision?, of file: PackedModelFile, _ path: String
    ) throws(UsageError) {
        guard let precision, precision != file.precision else { return }
        throw UsageError(
            "--precision \(precision.rawValue): \(path) is packed in \(file.precision.rawValue); "
                + "leave the option out, or convert again")
    }

    /// The packed file that keeps what stands beside the weights; nil where they are not packed.
    private var packedFile: PackedModelFile? {
        switch weights {
        case .tensors: nil
        case .packed(let file): file
        case .parts(let parts): parts.first
        }
    }

    private init(file path: String, precision: Precision?) throws {
        let mapping = try MappedFile(path: path)
        self.path = path
        seed = nil
        if PackedModelFile.isPacked(mapping) {
            let file = try PackedModelFile(mapping)
            try Self.check(precision, of: file, path)
            origin = .packed
            configuration = file.configuration
            self.precision = file.precision
            weights = .packed(file)
            gguf = nil
        } else {
            let file = try GGUFModel(mapping, path: path)
            origin = .gguf
            configuration = file.configuration
            self.precision = precision ?? .bf16
            weights = .tensors(file)
            gguf = file
        }
    }

    /// How far its precision is from the numbers of a quantised directory, in words; nil where those
    /// of the files are whole.
    package func packingLoss() -> String? {
        guard case .tensors(let tensors) = weights,
            (tensors as? HuggingFaceModel)?.isQuantised == true
        else { return nil }
        return PackingLoss(of: tensors, configuration, precision: precision).map {
            "the weights are quantised to 4 bits, and \(precision.rawValue) is off from them \($0)"
        }
    }

    /// How the model is meant to answer, as its files say, or those that a packed file was made from.
    ///
    /// - Throws: `MachineError`, `QwenError`.
    package func generation() throws -> GenerationConfiguration {
        if let packedFile { return try packedFile.generation() }
        if let gguf {
            return try GenerationConfiguration(
                gguf.file, vocabularySize: configuration.vocabularySize)
        }
        guard let path, origin == .huggingFace else { return GenerationConfiguration() }
        return try GenerationConfiguration(
            directory: path, vocabularySize: configuration.vocabularySize)
    }

    /// The tokenizer of the file or directory.
    ///
    /// - Parameter purpose: what it is wanted for, as in "to generate text".
    /// - Throws: `UsageError` where there is none, `QwenError` for one that cannot be used.
    package func readTokenizer(_ purpose: String) throws -> Tokenizer {
        if let gguf { return try Tokenizer(gguf.file) }
        guard let path else {
            throw UsageError(
                "these are random weights without a tokenizer; give --weights FILE of a trained "
                    + "model \(purpose)")
        }
        guard let packedFile else { return try Tokenizer(path: path) }
        guard let tokenizer = try packedFile.tokenizer() else {
            throw UsageError(
                "--weights \(path) was made without a tokenizer; make it again from a model with "
                    + "one \(purpose)")
        }
        return tokenizer
    }

    /// The chat templates of the file or directory; none of random weights.
    ///
    /// - Throws: `MachineError`, `QwenError` for files that cannot be read.
    package func chatMarkup() throws -> ChatMarkup {
        if let gguf { return try ChatMarkup(gguf.file) }
        if let packedFile { return try packedFile.chatMarkup() }
        return try ChatMarkup(directory: path ?? ".")
    }

    /// What a packed file made from this keeps beside the weights: the tokenizer's files, or the
    /// metadata of a GGUF file; nothing where there is no tokenizer.
    ///
    /// - Throws: `MachineError`, `QwenError` for files that cannot be read.
    package func keptFiles() throws -> [KeptFile] {
        if let gguf { return [gguf.keptFile] }
        guard let path, origin == .huggingFace else { return [] }
        return try KeptFile.tokenizer(directory: path)
    }

    private var parts: RankParts? { if case .parts(let parts) = weights { parts } else { nil } }

    /// A mark of the files that the weights come from; nil for random ones.
    ///
    /// - Throws: `MachineError` for a file that cannot be read.
    package func fingerprint() throws -> String? {
        guard let path else { return nil }
        guard origin == .huggingFace else {
            let paths = gguf?.paths ?? parts?.paths ?? [path]
            guard paths.count > 1 else {
                return hexadecimal(try FileFingerprint(path: path).value)
            }
            let marks = try paths.map { hexadecimal(try FileFingerprint(path: $0).value) }
            return hexadecimal(Reporting.fingerprint(marks.joined(separator: "\n")))
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: path).sorted().filter {
            $0.hasSuffix(".safetensors")
                || ["config.json", "quantize_config.json", "quant_config.json"].contains($0)
        }
        let marks = try names.map {
            "\($0)=\(hexadecimal(try FileFingerprint(path: "\(path)/\($0)").value))\n"
        }
        return hexadecimal(Reporting.fingerprint(marks.joined()))
    }
}
