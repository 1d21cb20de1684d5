internal import Machine

/// A model in a Hugging Face directory: its configuration, its tensors checked one by one, its rows
/// as f32.
///
/// The files stay mapped, are only read, and may be read from several threads.
package struct HuggingFaceModel: TensorSource {
    package let configuration: ModelConfiguration

    /// Whether the numbers are those of GPTQ or AWQ.
    package let isQuantised: Bool

    private let tensors: [TensorRole: any TensorRows]

    /// - Parameter directory: with `config.json`, and `model.safetensors` or its parts. Its name is
    ///   the model's, or that of the model in the hub's cache.
    /// - Throws: `MachineError` when a file cannot be mapped; `QwenError` when one is not what it
    ///   should be, or the model does not run here.
    package init(directory: String) throws {
        let file = try ConfigurationFile(directory: directory)
        let quantisation = try file.quantisation(in: directory)
        isQuantised = quantisation != nil
        var configuration = try file.configuration(
            name: HubSnapshot(path: directory)?.model ?? Directory.name(directory))
        let weights = try SafetensorsDirectory(
            directory, configuration.architecture.family.names)
        // A head of its own counts, as in transformers 5.
        let head = TensorRole.outputHead.place(in: configuration).name
        if weights.has(head) { configuration.tiesEmbeddings = false }
        try SafetensorsLeftovers(
            weights, configuration, isQuantised: isQuantised, path: directory
        ).check()
        var tensors: [TensorRole: any TensorRows] = [:]
        for role in TensorRole.all(configuration) {
            let place = role.place(in: configuration)
            do {
                tensors[role] = try weights.rows(of: place, role.shape(configuration), quantisation)
            } catch QwenError.unsupportedModel(let path, let problem)
                where file.isSilentOnKeyValueHeads(of: role, configuration.architecture)
                && weights.has(place.name)
            {
                throw QwenError.unsupportedModel(
                    path: path,
                    problem: "\(problem); config.json lacks num_key_value_heads, which "
                        + "says how many heads it has: add the model's")
            }
        }
        if configuration.tiesEmbeddings { tensors[.outputHead] = tensors[.tokenEmbedding] }
        self.tensors = tensors
        self.configuration = configuration
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

    package func place(of tensor: TensorRole, row: Int) -> String {
        tensors[tensor]?.place(of: row) ?? tensor.name
    }
}
