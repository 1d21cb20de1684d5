package import Machine

/// A model in a GGUF file: its configuration, its tensors checked one by one, its rows as f32.
///
/// The file stays mapped, is only read, and may be read from several threads.
package final class GGUFModel: TensorSource {
    package let configuration: ModelConfiguration
    package let file: GGUFFile

    private let mapping: MappedFile
    /// Rotary pairs lie next to each other in `llama` files and half a head apart in ours.
    private let interleavesHeads: Bool

    /// - Throws: `MachineError` when the file cannot be mapped; `QwenError` when it is no GGUF file,
    ///   or one of a model that does not run here.
    package convenience init(path: String) throws {
        try self.init(MappedFile(path: path), path: path)
    }

    /// Takes a file that is mapped already.
    ///
    /// - Parameter path: its last part is the model's name if the file has none.
    package init(_ mapping: MappedFile, path: String) throws(QwenError) {
        let file = try GGUFFile(mapping.bytes)
        let fallback = path.split(separator: "/").last.map(String.init) ?? path
        configuration = try Self.configuration(file, name: fallback)
        interleavesHeads = configuration.architecture == .llama
        self.file = file
        self.mapping = mapping
        try Self.checkTensors(file, configuration)
    }

    /// What a packed copy keeps of it beside the weights: its metadata.
    package var keptFile: KeptFile {
        KeptFile(name: KeptFile.metadataName, bytes: file.metadataOnly(of: mapping.bytes))
    }

    package func readRow(
        _ tensor: TensorRole, row: Int, into values: UnsafeMutableBufferPointer<Float>
    ) {
        let (role, tensor) = place(of: tensor)
        precondition(row < tensor.rows && values.count == tensor.columns, "not a row of \(role)")
        let start =
            tensor.byteRange.lowerBound + fileRow(row, of: role) * tensor.rowByteCount
        let bytes = mapping.bytes[start..<start + tensor.rowByteCount]
        Dequantisation.decode(
            UnsafeRawBufferPointer(rebasing: bytes), as: tensor.type, into: values)
    }

    package func release(_ tensor: TensorRole, rows: Range<Int>) {
        let (role, tensor) = place(of: tensor)
        var rows = rows
        if interleavesHeads, role.isRotated {
            // Within a head our rows lie in another order than the file's.
            let head = configuration.headDimension
            rows = rows.lowerBound / head * head..<rows.upperBound.roundedUp(toMultipleOf: head)
        }
        let start = tensor.byteRange.lowerBound
        mapping.release(
            start + rows.lowerBound * tensor.rowByteCount..<start + rows.upperBound
                * tensor.rowByteCount)
    }

    /// The tensor of the file that has a role; the tied head is no tensor of its own.
    private func place(of role: TensorRole) -> (role: TensorRole, tensor: GGUFTensor) {
        let role = role == .outputHead && configuration.tiesEmbeddings ? .tokenEmbedding : role
        guard let tensor = file.tensors[role.name] else {
            preconditionFailure("\(role.name) was checked to be there")
        }
        return (role, tensor)
    }

    /// The row of the file that is row `row` of ours.
    ///
    /// `llama` files hold rotary pairs side by side: row (head, half j, i) of our queries and keys
    /// is their row (head, 2i + j).
    private func fileRow(_ row: Int, of role: TensorRole) -> Int {
        guard interleavesHeads, role.isRotated else { return row }
        let dimension = configuration.headDimension
        let half = dimension / 2
        let head = row / dimension
        let within = row % dimension
        return head * dimension + within % half * 2 + within / half
    }

    private static func configuration(
        _ file: GGUFFile, name: String
    ) throws(QwenError) -> ModelConfiguration {
        let architectureName = try file.text("general.architecture")
        guard let architecture = Architecture(rawValue: architectureName), architecture != .qwen
        else {
            throw file.problem(
                "its architecture is '\(architectureName)'; qwen2 and llama are read")
        }
        let prefix = architectureName
        func integer(_ key: String) throws(QwenError) -> Int {
            try file.integer("\(prefix).\(key)")
        }
        if case .text(let scaling) = file.metadata["\(prefix).rope.scaling.type"],
            scaling != "none"
        {
            throw file.problem("it scales positions by '\(scaling)', which is not implemented")
        }
        let hidden = try integer("embedding_length")
        let heads = try integer("attention.head_count")
        guard heads > 0, hidden > 0 else {
            throw file.problem("\(hidden) hidden numbers and \(heads) heads are no model")
        }
        let dimension =
            try file.integerIfPresent("\(prefix).attention.key_length") ?? hidden / heads
        if let rotated = try file.integerIfPresent("\(prefix).rope.dimension_count"),
            rotated != dimension
        {
            throw file.problem(
                "it rotates \(rotated) of \(dimension) numbers of a head; only all are supported")
        }
        guard let embedding = file.tensors[TensorRole.tokenEmbedding.name] else {
            throw file.problem("the tensor \(TensorRole.tokenEmbedding.name) is missing")
        }
        let baseKey = "\(prefix).rope.freq_base"
        let configuration = ModelConfiguration(
            name: Self.modelName(file) ?? name,
            architecture: architecture,
            hiddenSize: hidden,
            layerCount: try integer("block_count"),
            headCount: heads,
            kvHeadCount: try file.integerIfPresent("\(prefix).attention.head_count_kv") ?? heads,
            headDimension: dimension,
            intermediateSize: try integer("feed_forward_length"),
            vocabularySize: embedding.rows,
            maximumPositions: try integer("context_length"),
            rmsNormEpsilon: Float(
                try file.number("\(prefix).attention.layer_norm_rms_epsilon")),
            ropeTheta: file.metadata[baseKey] == nil ? 10000 : try file.number(baseKey),
            tiesEmbeddings: file.tensors[TensorRole.outputHead.name] == nil)
        try configuration.validate()
        return configuration
    }

    /// The file's own name for the model, as a name for files and tables.
    private static func modelName(_ file: GGUFFile) -> String? {
        guard case .text(let name) = file.metadata["general.name"] else { return nil }
        let cleaned = name.lowercased().map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" }
        let text = String(cleaned.prefix(60))
        return text.contains { $0.isLetter } ? text : nil
    }

    private static func checkTensors(
        _ file: GGUFFile, _ configuration: ModelConfiguration
    ) throws(QwenError) {
        for role in TensorRole.all(configuration) {
            guard let tensor = file.tensors[role.name] else {
                throw file.problem("the tensor \(role.name) is missing")
            }
            let shape = role.shape(configuration)
            guard tensor.rows == shape.rows, tensor.columns == shape.columns else {
                throw file.problem(
                    "\(role.name) is \(tensor.rows) × \(tensor.columns) and should be "
                        + "\(shape.rows) × \(shape.columns)")
            }
        }
    }
}

extension TensorRole {
    /// Whether its rows give what the rotary embedding turns.
    fileprivate var isRotated: Bool {
        switch self {
        case .query, .key: true
        default: false
        }
    }
}
