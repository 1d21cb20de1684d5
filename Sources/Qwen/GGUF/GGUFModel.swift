package import Machine

/// A model in a GGUF file: its configuration, its tensors checked one by one, its rows as f32.
///
/// The files stay mapped, are only read, and may be read from several threads.
package final class GGUFModel: TensorSource {
    package let configuration: ModelConfiguration
    /// The first file, which has the metadata.
    package let file: GGUFFile

    private let tensors: GGUFTensors
    /// Whether rotary pairs lie next to each other; in ours they lie half a head apart.
    private let interleavesHeads: Bool

    /// - Throws: `MachineError` when a file cannot be mapped; `QwenError` when it is no GGUF file,
    ///   or one of a model that does not run here.
    package convenience init(path: String) throws {
        try self.init(MappedFile(path: path), path: path)
    }

    /// Takes a file that is mapped already.
    ///
    /// - Parameter path: the parts of a split model lie beside it, and its last part is the model's
    ///   name if the file has none.
    package init(_ mapping: MappedFile, path: String) throws {
        file = try GGUFFile(mapping.bytes)
        try GGUFKeys.checkGeneral(file)
        tensors = try GGUFTensors(file, mapping, path: path)
        let fallback = path.split(separator: "/").last.map(String.init) ?? path
        configuration = try Self.configuration(file, tensors, name: fallback)
        interleavesHeads = configuration.architecture.family.gguf?.interleavesHeads ?? false
    }

    /// The files that the weights lie in.
    package var paths: [String] { tensors.paths }

    /// What a packed copy keeps of it beside the weights: its metadata.
    package var keptFile: KeptFile {
        KeptFile(
            name: KeptFile.metadataName, bytes: file.metadataOnly(of: tensors.mappings[0].bytes))
    }

    package func readRow(
        _ tensor: TensorRole, row: Int, into values: UnsafeMutableBufferPointer<Float>
    ) {
        let role = own(tensor)
        tensors.read(role.name, row: fileRow(row, of: role), into: values)
        guard interleavesHeads, role.isRotatedBias else { return }
        let pairs = Array(values)
        for index in values.indices { values[index] = pairs[fileIndex(index)] }
    }

    package func release(_ tensor: TensorRole, rows: Range<Int>) {
        let role = own(tensor)
        var rows = rows
        if interleavesHeads, role.isRotated {
            // Within a head our rows lie in another order than the file's.
            let head = configuration.headDimension
            rows = rows.lowerBound / head * head..<rows.upperBound.roundedUp(toMultipleOf: head)
        }
        tensors.release(role.name, rows: rows)
    }

    package func place(of tensor: TensorRole, row: Int) -> String {
        let role = own(tensor)
        return "\(role.name), row \(fileRow(row, of: role))"
    }

    /// The role of the tensor that has it: the tied head is no tensor of its own.
    private func own(_ role: TensorRole) -> TensorRole {
        role == .outputHead && configuration.tiesEmbeddings ? .tokenEmbedding : role
    }

    private func fileRow(_ row: Int, of role: TensorRole) -> Int {
        interleavesHeads && role.isRotated ? fileIndex(row) : row
    }

    /// Where the file has number `index` of our queries or keys.
    ///
    /// `llama` files hold rotary pairs side by side: (head, half j, i) of ours is their
    /// (head, 2i + j).
    private func fileIndex(_ index: Int) -> Int {
        let dimension = configuration.headDimension
        let half = dimension / 2
        let within = index % dimension
        return index / dimension * dimension + within % half * 2 + within / half
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

    /// Whether its numbers are added to what the rotary embedding turns.
    fileprivate var isRotatedBias: Bool {
        switch self {
        case .queryBias, .keyBias: true
        default: false
        }
    }
}
