extension GGUFModel {
    /// The shape of a model from its keys and tensors, every one of which is accounted for.
    ///
    /// - Parameter name: what the model is called if the file does not say.
    static func configuration(
        _ file: GGUFFile, _ tensors: GGUFTensors, name: String
    ) throws(QwenError) -> ModelConfiguration {
        let prefix = try file.text("general.architecture")
        guard let architecture = Architecture(rawValue: prefix),
            let form = architecture.family.gguf
        else {
            let read = Architecture.allCases.filter { $0.family.gguf != nil }
            throw file.problem(
                "its architecture is '\(prefix)'; \(Architecture.names(read)) are read")
        }
        try form.keys.check(file, prefix: prefix)
        func integer(_ key: String) throws(QwenError) -> Int {
            try file.integer("\(prefix).\(key)")
        }
        let hidden = try integer("embedding_length")
        let layers = try integer("block_count")
        /// One number, or the same for each layer.
        func uniform(_ key: String) throws(QwenError) -> Int {
            let key = "\(prefix).\(key)"
            if case .integers(let list) = file.metadata[key], list.count == layers,
                let first = list.first, list.allSatisfy({ $0 == first })
            {
                return first
            }
            return try file.integer(key)
        }
        let heads = try uniform("attention.head_count")
        guard heads > 0, hidden > 0 else {
            throw file.problem("\(hidden) hidden numbers and \(heads) heads are no model")
        }
        let dimension = try headDimension(file, prefix, unlessGiven: hidden / heads)
        try GGUFLeftovers(file, tensors, architecture, form, layers: layers).check()
        let embedding = try tensors.tensor(TensorRole.tokenEmbedding.name)
        if let rows = try file.integerIfPresent("\(prefix).vocab_size"), rows > embedding.rows {
            throw file.problem(
                "\(prefix).vocab_size is \(rows) and \(embedding.name) has \(embedding.rows) rows")
        }
        let positions = try integer("context_length")
        let headsKey = "\(prefix).attention.head_count_kv"
        let configuration = ModelConfiguration(
            name: Self.modelName(file) ?? name,
            architecture: architecture,
            hiddenSize: hidden,
            layerCount: layers,
            headCount: heads,
            kvHeadCount: file.metadata[headsKey] == nil
                ? heads : try uniform("attention.head_count_kv"),
            headDimension: dimension,
            intermediateSize: try uniform("feed_forward_length"),
            vocabularySize: embedding.rows,
            maximumPositions: min(
                try window(file, prefix, positions), ModelConfiguration.mostPositions),
            rmsNormEpsilon: Float(
                try file.number("\(prefix).attention.layer_norm_rms_epsilon")),
            ropeTheta: try file.numberIfPresent("\(prefix).rope.freq_base") ?? 10000,
            tiesEmbeddings: !tensors.has(TensorRole.outputHead.name),
            rotaryScaling: try GGUFRotaryKeys(file, prefix: prefix).scaling(
                positions: positions, tensors),
            biases: biases(tensors, form))
        try configuration.validate()
        try checkTensors(
            tensors, configuration,
            missing: file.metadata[headsKey] == nil ? headsKey : nil)
        return configuration
    }

    private static func headDimension(
        _ file: GGUFFile, _ prefix: String, unlessGiven value: Int
    ) throws(QwenError) -> Int {
        let dimension = try file.integerIfPresent("\(prefix).attention.key_length") ?? value
        if let values = try file.integerIfPresent("\(prefix).attention.value_length"),
            values != dimension
        {
            throw file.problem(
                "its values have \(values) numbers a head and its keys \(dimension); only equal ones "
                    + "are supported")
        }
        if let rotated = try file.integerIfPresent("\(prefix).rope.dimension_count"),
            rotated != dimension
        {
            throw file.problem(
                "it rotates \(rotated) of \(dimension) numbers of a head; only all are supported")
        }
        if let scale = try file.numberIfPresent("\(prefix).attention.scale"), scale != 0,
            abs(scale * Double(dimension).squareRoot() - 1) > 1e-6
        {
            throw file.problem(
                "\(prefix).attention.scale is \(scale) and not 1/√\(dimension), which is not "
                    + "implemented")
        }
        return dimension
    }

    /// The positions up to which a sliding window sees everything.
    private static func window(
        _ file: GGUFFile, _ prefix: String, _ positions: Int
    ) throws(QwenError) -> Int {
        let key = "\(prefix).attention.sliding_window"
        guard let window = try file.integerIfPresent(key), window != 0 else { return positions }
        guard window > 0 else { throw file.problem("\(key) is \(window)") }
        return min(positions, window)
    }

    /// The products that have a bias in any layer; all layers must have it then.
    private static func biases(
        _ tensors: GGUFTensors, _ form: GGUFForm
    ) -> BiasedProducts {
        let names = Set(tensors.names.compactMap { GGUFTensors.layer(of: $0)?.rest })
        return BiasedProducts(
            form.biases.filter { product in
                product.roles(layer: 0).contains { role in
                    GGUFTensors.layer(of: role.name).map { names.contains($0.rest) } ?? false
                }
            })
    }

    /// The file's own name for the model, as a name for files and tables.
    private static func modelName(_ file: GGUFFile) -> String? {
        guard case .text(let name) = file.metadata["general.name"] else { return nil }
        let cleaned = name.lowercased().map { $0.isLetter || $0.isNumber || $0 == "." ? $0 : "-" }
        let text = String(cleaned.prefix(60))
        return text.contains { $0.isLetter } ? text : nil
    }

    /// - Parameter key: of the heads of keys and values, where the file lacks it.
    private static func checkTensors(
        _ tensors: GGUFTensors, _ configuration: ModelConfiguration, missing key: String?
    ) throws(QwenError) {
        for role in TensorRole.all(configuration) {
            let tensor = try tensors.tensor(role.name)
            let shape = role.shape(configuration)
            guard tensor.rows == shape.rows, tensor.columns == shape.columns else {
                let hint = key.map { "; the file lacks \($0), which says how many heads it has" }
                throw .unsupportedGGUF(
                    problem: "\(role.name) is \(tensor.rows) × \(tensor.columns) and should be "
                        + "\(shape.rows) × \(shape.columns)"
                        + (role.hasKeyValueHeads ? hint ?? "" : ""))
            }
        }
    }
}
