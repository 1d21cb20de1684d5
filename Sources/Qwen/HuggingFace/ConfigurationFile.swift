internal import JSON

/// `config.json` of a Hugging Face directory: the shape of the model.
struct ConfigurationFile {
    let values: FileValues

    var file: ModelFile { values.file }
    var json: JSON { values.json }

    /// - Throws: `MachineError` for a file that cannot be read, `QwenError.invalidModelFile` for one
    ///   that is no JSON object.
    init(directory: String) throws {
        values = try FileValues(ModelFile(path: "\(directory)/config.json"))
    }

    /// - Parameter name: what the model is called; the file does not say.
    /// - Throws: `QwenError.unsupportedModel` naming the key for a model that does not run here,
    ///   `.invalidConfiguration` for a shape that no model has.
    func configuration(name: String) throws(QwenError) -> ModelConfiguration {
        let type = try text("model_type")
        guard let architecture = Architecture(rawValue: type) else {
            let isMixture = type.contains("moe") || type.hasPrefix("mixtral")
            throw file.unsupported(
                "its model_type is '\(type)'\(isMixture ? ", a mixture of experts" : ""); "
                    + "\(Architecture.names(Architecture.allCases)) are read")
        }
        try refuseOtherModels()
        let configuration = try architecture.family.configuration(self, name: name)
        try configuration.validate()
        return configuration
    }

    /// Whether the rows of a tensor follow from a key that is missing, and is then the number of
    /// heads.
    func isSilentOnKeyValueHeads(of role: TensorRole, _ architecture: Architecture) -> Bool {
        role.hasKeyValueHeads && architecture.family.sharesKeyValueHeads
            && json["num_key_value_heads"] == nil
    }

    /// How the weights beside it are quantised; nil where they are not.
    ///
    /// - Throws: as ``Quantisation/read(_:of:in:)``.
    func quantisation(in directory: String) throws -> Quantisation? {
        try Quantisation.read(json, of: file, in: directory)
    }
}

// MARK: - The keys of transformers

extension ConfigurationFile {
    /// The shape in the keys that transformers' classes of dense decoders share, with the defaults of
    /// the family for what files leave out.
    func transformers(
        name: String, _ family: any Family.Type
    ) throws(QwenError) -> ModelConfiguration {
        try require("hidden_act", is: ["silu", "swish"])
        try require("hidden_activation", is: ["silu"])
        let biases = try family.biases(self)
        if !family.slides { try require("use_sliding_window", is: false) }
        let hidden = try integer("hidden_size")
        let heads = try integer("num_attention_heads")
        guard heads > 0 else { throw file.unsupported("num_attention_heads is \(heads)") }
        let layers = try integer("num_hidden_layers")
        let positions = try integer("max_position_embeddings")
        let window = try slidingWindow(layers: layers)
        return ModelConfiguration(
            name: name,
            architecture: family.architecture,
            hiddenSize: hidden,
            layerCount: layers,
            headCount: heads,
            kvHeadCount: try integer("num_key_value_heads", unlessGiven: heads),
            headDimension: try integer(
                "head_dim", unlessGiven: family.headDimension(hidden: hidden, heads: heads)),
            intermediateSize: try integer("intermediate_size"),
            vocabularySize: try integer("vocab_size"),
            maximumPositions: min(
                positions, window ?? positions, ModelConfiguration.mostPositions),
            rmsNormEpsilon: Float(try number("rms_norm_eps")),
            ropeTheta: try rotaryBase(),
            tiesEmbeddings: try boolean("tie_word_embeddings", unlessGiven: false),
            rotaryScaling: try rotaryScaling(),
            biases: biases)
    }

    /// The positions that a sliding layer sees, up to which it sees everything; nil where no layer
    /// slides.
    private func slidingWindow(layers: Int) throws(QwenError) -> Int? {
        let slides = try boolean("use_sliding_window", unlessGiven: false)
        let isSliding: Bool
        if let types = json["layer_types"] {
            let words = types.array?.compactMap(\.string) ?? []
            guard words.count == layers else {
                throw file.unsupported("layer_types is not a list of \(layers) words")
            }
            let known = ["full_attention", "sliding_attention"]
            if let other = words.first(where: { !known.contains($0) }) {
                throw file.unsupported("layer_types has '\(other)', which is not implemented")
            }
            isSliding = words.contains("sliding_attention")
            guard !isSliding || slides else {
                throw file.unsupported(
                    "layer_types has sliding_attention and use_sliding_window is not true")
            }
        } else {
            // The defaults of `Qwen2Config` and `Qwen3Config`.
            isSliding = try integer("max_window_layers", unlessGiven: 28) < layers
        }
        guard slides, isSliding, !isNull("sliding_window") else { return nil }
        let window = try integer("sliding_window", unlessGiven: 4096)
        guard window > 0 else { throw file.unsupported("sliding_window is \(window)") }
        return window
    }
}

// MARK: - Values

extension ConfigurationFile {
    func text(_ key: String) throws(QwenError) -> String {
        try values.needed(key, values.text(key))
    }

    /// - Parameter other: the key's name in older files.
    func integer(_ key: String, _ other: String? = nil) throws(QwenError) -> Int {
        if json[key] == nil, let other, json[other] != nil { return try integer(other) }
        return try values.needed(key, values.integer(key))
    }

    func integer(_ key: String, unlessGiven value: Int) throws(QwenError) -> Int {
        try values.integer(key) ?? value
    }

    func number(_ key: String) throws(QwenError) -> Double {
        try values.needed(key, values.number(key))
    }

    func boolean(
        _ key: String, unlessGiven value: Bool? = nil
    ) throws(QwenError) -> Bool {
        try values.needed(key, values.boolean(key) ?? value)
    }

    /// Whether a key stands there and says nothing.
    private func isNull(_ key: String) -> Bool {
        json.members?.contains { $0.name == key && $0.value == .null } ?? false
    }

    /// Refuses any other value of a key, but not that it is missing.
    func require(_ key: String, is value: Bool) throws(QwenError) {
        guard try values.boolean(key) ?? value == value else {
            throw file.unsupported("\(key) is \(!value), which is not implemented")
        }
    }

    func require(_ key: String, is value: Double) throws(QwenError) {
        guard let given = try values.number(key), given != value else { return }
        throw file.unsupported("\(key) is \(given), which is not implemented")
    }

    func require(_ key: String, is known: [String]) throws(QwenError) {
        guard let given = try values.text(key), !known.contains(given) else { return }
        throw file.unsupported("\(key) is '\(given)', which is not implemented")
    }
}
