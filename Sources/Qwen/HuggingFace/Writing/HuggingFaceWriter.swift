internal import JSON
internal import Machine

/// Writes a model as a Hugging Face directory.
package struct HuggingFaceWriter {
    /// What a directory was made of.
    package struct Result: Equatable, Sendable {
        package let byteCount: Int
        /// Files of weights.
        package let shardCount: Int
    }

    private let configuration: ModelConfiguration
    /// Tensors that the source has; others of the configuration are zeros.
    private let sourceRoles: Set<TensorRole>
    private let type: SafetensorsType
    private let shardByteCount: Int
    private let files: ModelFiles

    /// - Parameters:
    ///   - type: f32 or bf16.
    ///   - shardByteCount: weights that a file has at most, if it has more than one tensor.
    ///   - files: those beside the weights.
    /// - Throws: `QwenError.invalidConfiguration` for a model that no class of transformers can be.
    package init(
        _ configuration: ModelConfiguration, type: SafetensorsType, shardByteCount: Int,
        files: ModelFiles
    ) throws(QwenError) {
        precondition(type.isWritten, "\(type.rawValue) is not written")
        try configuration.validate()
        self.configuration = try configuration.inTransformers()
        sourceRoles = Set(TensorRole.all(configuration))
        self.type = type
        self.shardByteCount = shardByteCount
        self.files = files
    }

    /// Writes every tensor of `source`, rows by rows, under the names that its family has in
    /// transformers.
    ///
    /// The directory appears under its name when it is whole. Memory is needed for a mebibyte of
    /// rows, or for one row.
    ///
    /// - Throws: `MachineError.fileNotWritten`; `QwenError.weightsNotFinite`.
    package func write(_ source: any TensorSource, to path: String) throws -> Result {
        let directory = try OutputDirectory(path: path)
        for (name, bytes) in files.all(type) { try directory.write(bytes, to: name) }
        let shards = Shards(OutputTensor.all(configuration), type, most: shardByteCount)
        var byteCount = 0
        for (index, tensors) in shards.tensors.enumerated() {
            let file = try directory.file(shards.name(index))
            let header = SafetensorsHeader.bytes(tensors, type)
            try file.write(header)
            byteCount += header.count
            for tensor in tensors {
                for part in tensor.parts { try write(part, of: source, to: file) }
                byteCount += tensor.count * type.byteCount
            }
            try file.finish()
        }
        if let index = shards.index(type) {
            try directory.write(JSONWriter.bytes(index), to: "model.safetensors.index.json")
        }
        try directory.finish()
        return Result(byteCount: byteCount, shardCount: shards.tensors.count)
    }

    private func write(
        _ role: TensorRole, of source: any TensorSource, to file: OutputFile
    ) throws {
        let (rows, columns) = role.shape(configuration)
        let rowsAtOnce = min(rows, max(1, (1 << 20) / (columns * MemoryLayout<Float>.size)))
        let buffer = UnsafeMutableBufferPointer<Float>.allocate(capacity: rowsAtOnce * columns)
        defer { buffer.deallocate() }
        for first in stride(from: 0, to: rows, by: rowsAtOnce) {
            let count = min(rowsAtOnce, rows - first)
            for row in 0..<count {
                let values = UnsafeMutableBufferPointer(
                    rebasing: buffer[row * columns..<(row + 1) * columns])
                try read(role, row: first + row, of: source, into: values)
            }
            let numbers = UnsafeMutableBufferPointer(rebasing: buffer[..<(count * columns)])
            try file.write(type.encode(numbers))
            if sourceRoles.contains(role) {
                source.release(role, rows: first..<first + count)
            }
        }
    }

    private func read(
        _ role: TensorRole, row: Int, of source: any TensorSource,
        into values: UnsafeMutableBufferPointer<Float>
    ) throws(QwenError) {
        guard sourceRoles.contains(role) else {
            values.update(repeating: 0)
            return
        }
        source.readRow(role, row: row, into: values)
        guard let column = UnsafeBufferPointer(values).firstNotFinite else { return }
        throw .weightsNotFinite(tensor: source.place(of: role, row: row), column: column)
    }
}
