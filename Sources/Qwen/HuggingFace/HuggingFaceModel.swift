internal import Machine

/// A model in a Hugging Face directory: its configuration, its tensors checked one by one, its rows
/// as f32.
///
/// The files stay mapped, are only read, and may be read from several threads.
package struct HuggingFaceModel: TensorSource {
    package let configuration: ModelConfiguration

    private let tensors: [TensorRole: SafetensorsRows]

    /// - Parameter directory: with `config.json`, and `model.safetensors` or its parts and their
    ///   index. Its name is the model's, or that of the model in the hub's cache.
    /// - Throws: `MachineError` when a file cannot be mapped; `QwenError` when one is not what it
    ///   should be, or the model does not run here.
    package init(directory: String) throws {
        configuration = try ConfigurationFile(directory: directory).configuration(
            name: HubSnapshot(path: directory)?.model ?? Directory.name(directory))
        var weights = try SafetensorsDirectory(directory)
        var tensors: [TensorRole: SafetensorsRows] = [:]
        for role in TensorRole.all(configuration) {
            tensors[role] = try weights.rows(
                of: role.place(in: configuration), role.shape(configuration))
        }
        if configuration.tiesEmbeddings { tensors[.outputHead] = tensors[.tokenEmbedding] }
        self.tensors = tensors
    }

    package func readRow(
        _ tensor: TensorRole, row: Int, into values: UnsafeMutableBufferPointer<Float>
    ) {
        guard let rows = tensors[tensor] else {
            preconditionFailure("\(tensor) was checked to be there")
        }
        rows.read(row, into: values)
    }

    package func release(_ tensor: TensorRole, rows: Range<Int>) {
        tensors[tensor]?.release(rows)
    }
}
