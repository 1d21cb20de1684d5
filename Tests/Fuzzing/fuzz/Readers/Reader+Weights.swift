@testable import Qwen

extension Reader {
    func readGGUF(_ input: Input, in scratch: Scratch) throws {
        let file = try GGUFFile(input.bytes)
        Trial.attempt { try use(Tokenizer(file)) }
        scratch.write(input.bytes, to: "model.gguf")
        let model = try GGUFModel(path: scratch.path("model.gguf"))
        readRows(of: model, model.configuration)
        try model.keptFile.bytes.withUnsafeBytes { _ = try GGUFFile($0) }
    }

    /// `config.json`, an index of tensors or nothing, and one or two files of them.
    func readSafetensors(_ input: Input, in scratch: Scratch) throws {
        let parts = input.parts(4)
        let hasIndex = parts.count > 1 && !parts[1].isEmpty
        scratch.write(
            input, to: "config.json", "model.safetensors.index.json",
            hasIndex ? "a.safetensors" : "model.safetensors", "b.safetensors")
        scratch.remove(
            hasIndex ? "model.safetensors" : "model.safetensors.index.json")
        let model = try HuggingFaceModel(directory: scratch.path)
        readRows(of: model, model.configuration)
    }

    /// `config.json` and `generation_config.json`.
    func readConfiguration(_ input: Input, in scratch: Scratch) throws {
        scratch.write(input, to: "config.json", "generation_config.json")
        let model = try ConfigurationFile(directory: scratch.path).configuration(name: "fuzzed")
        Trial.attempt {
            _ = try GenerationConfiguration(
                directory: scratch.path, vocabularySize: model.vocabularySize)
        }
        _ = model.parameterCount
        for precision in Precision.allCases {
            _ = try MemoryEstimate(
                model, precision: precision, batch: 8, capacity: model.maximumPositions, workers: 2)
        }
    }

    /// What follows the header's first 48 bytes; the sizes and the checksum in those are mended, which
    /// no fuzzer would find, and the weights are zeros.
    func readPackedFile(_ input: Input, in scratch: Scratch) throws {
        guard let bytes = MendedPackedFile(input.bytes) else { return }
        bytes.header.withUnsafeBytes {
            scratch.write($0, to: "model.packed", byteCount: bytes.fileByteCount)
        }
        let file = try PackedModelFile(path: scratch.path("model.packed"))
        if let tokenizer = try file.tokenizer() { try use(tokenizer) }
        _ = try file.generation()
    }

    /// Reads the first and the last row of every tensor.
    private func readRows(of source: some TensorSource, _ model: ModelConfiguration) {
        for role in TensorRole.all(model) {
            let (rows, columns) = role.shape(model)
            withUnsafeTemporaryAllocation(of: Float.self, capacity: columns) { values in
                for row in Set([0, rows - 1]) { source.readRow(role, row: row, into: values) }
            }
            source.release(role, rows: 0..<rows)
        }
    }
}
