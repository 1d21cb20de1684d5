/// `config.json` of a Hugging Face directory: the shape of the model.
struct ConfigurationFile {
    private let file: ModelFile
    private let json: JSON

    /// - Throws: `MachineError` for a file that cannot be read, `QwenError.invalidModelFile` for one
    ///   that is no JSON object.
    init(directory: String) throws {
        file = try ModelFile(path: "\(directory)/config.json")
        json = try file.json()
        guard json.members != nil else { throw file.invalid("it is no JSON object") }
    }

    /// - Parameter name: what the model is called; the file does not say.
    /// - Throws: `QwenError.unsupportedModel` naming the key for a model that does not run here,
    ///   `.invalidConfiguration` for a shape that no model has.
    func configuration(name: String) throws(QwenError) -> ModelConfiguration {
        let type = try text("model_type")
        let configuration: ModelConfiguration
        switch Architecture(rawValue: type) {
        case .qwen: configuration = try qwen(name: name)
        case .qwen2: configuration = try llama(name: name, architecture: .qwen2)
        case .llama: configuration = try llama(name: name, architecture: .llama)
        case nil:
            throw file.unsupported(
                "its model_type is '\(type)'; qwen, qwen2 and llama are read")
        }
        try configuration.validate()
        return configuration
    }

    /// How the weights beside it are quantised; nil where they are not.
    ///
    /// - Throws: as ``Quantisation/read(_:of:in:)``.
    func quantisation(in directory: String) throws -> Quantisation? {
        try Quantisation.read(json, of: file, in: directory)
    }
}

// MARK: - Qwen v1

extension ConfigurationFile {
    /// Qwen v1, in the key names of the first release (August 2023, `n_embd`) or of the later ones.
    ///
    /// `intermediate_size` is twice the width of gate and up.
    private func qwen(name: String) throws(QwenError) -> ModelConfiguration {
        try require("rotary_pct", is: 1)
        try require("no_bias", is: true)
        try require("scale_attn_weights", is: true)
        try require("apply_residual_connection_post_layernorm", is: false)
        try refuseScaledPositions()
        let hidden = try integer("hidden_size", "n_embd")
        let heads = try integer("num_attention_heads", "n_head")
        let doubleWidth = try integer("intermediate_size", "ffn_hidden_size")
        guard doubleWidth % 2 == 0 else {
            throw file.unsupported(
                "intermediate_size \(doubleWidth) is odd; in this family it is twice a width")
        }
        let usesDynamicNTK = try boolean("use_dynamic_ntk")
        let usesLogNAttention = try boolean("use_logn_attn")
        let trainedLength = try integer("seq_length")
        return ModelConfiguration(
            name: name,
            architecture: .qwen,
            hiddenSize: hidden,
            layerCount: try integer("num_hidden_layers", "n_layer"),
            headCount: heads,
            kvHeadCount: heads,
            headDimension: try integer("kv_channels"),
            intermediateSize: doubleWidth / 2,
            vocabularySize: try integer("padded_vocab_size", "vocab_size"),
            maximumPositions: try integer("max_position_embeddings", "n_positions"),
            rmsNormEpsilon: Float(try number("layer_norm_epsilon")),
            ropeTheta: try number("rotary_emb_base"),
            tiesEmbeddings: try boolean("tie_word_embeddings", unlessGiven: false),
            trainedLength: usesDynamicNTK || usesLogNAttention ? trainedLength : nil,
            usesDynamicNTK: usesDynamicNTK,
            usesLogNAttention: usesLogNAttention)
    }
}

// MARK: - Qwen1.5 and Llama

extension ConfigurationFile {
    /// The keys of transformers' `Qwen2Config` and `LlamaConfig`, with their defaults for what files
    /// leave out.
    private func llama(
        name: String, architecture: Architecture
    ) throws(QwenError) -> ModelConfiguration {
        try require("hidden_act", is: "silu")
        try require("partial_rotary_factor", is: 1)
        try require("use_sliding_window", is: false)
        try require("mlp_bias", is: false)
        if architecture == .llama { try require("attention_bias", is: false) }
        try refuseScaledPositions()
        let hidden = try integer("hidden_size")
        let heads = try integer("num_attention_heads")
        guard heads > 0 else { throw file.unsupported("num_attention_heads is \(heads)") }
        return ModelConfiguration(
            name: name,
            architecture: architecture,
            hiddenSize: hidden,
            layerCount: try integer("num_hidden_layers"),
            headCount: heads,
            kvHeadCount: try integer("num_key_value_heads", unlessGiven: heads),
            headDimension: try integer("head_dim", unlessGiven: hidden / heads),
            intermediateSize: try integer("intermediate_size"),
            vocabularySize: try integer("vocab_size"),
            maximumPositions: try integer("max_position_embeddings"),
            rmsNormEpsilon: Float(try number("rms_norm_eps")),
            ropeTheta: try rotaryBase(),
            tiesEmbeddings: try boolean("tie_word_embeddings", unlessGiven: false))
    }

    /// At the top, or in `rope_parameters` where transformers 5 puts it.
    private func rotaryBase() throws(QwenError) -> Double {
        if json["rope_theta"] != nil { return try number("rope_theta") }
        guard let base = json["rope_parameters"]?["rope_theta"] else { return 10000 }
        guard let number = base.number else {
            throw file.unsupported("rope_theta is not a number")
        }
        return number
    }

    private func refuseScaledPositions() throws(QwenError) {
        for key in ["rope_scaling", "rope_parameters"] {
            guard let scaling = json[key] else { continue }
            let kind = (scaling["rope_type"] ?? scaling["type"])?.string ?? ""
            guard kind == "default" else {
                throw file.unsupported(
                    "\(key) scales positions by '\(kind)', which is not implemented")
            }
        }
    }
}

// MARK: - Values

extension ConfigurationFile {
    private func text(_ key: String) throws(QwenError) -> String {
        guard let text = json[key]?.string else { throw missing(key, "a text") }
        return text
    }

    /// - Parameter other: the key's name in older files.
    private func integer(_ key: String, _ other: String? = nil) throws(QwenError) -> Int {
        if json[key] == nil, let other, json[other] != nil { return try integer(other) }
        guard let integer = json[key]?.integer else { throw missing(key, "a whole number") }
        return integer
    }

    private func integer(_ key: String, unlessGiven value: Int) throws(QwenError) -> Int {
        json[key] == nil ? value : try integer(key)
    }

    private func number(_ key: String) throws(QwenError) -> Double {
        guard let number = json[key]?.number else { throw missing(key, "a number") }
        return number
    }

    private func boolean(
        _ key: String, unlessGiven value: Bool? = nil
    ) throws(QwenError) -> Bool {
        if json[key] == nil, let value { return value }
        guard let boolean = json[key]?.boolean else { throw missing(key, "true or false") }
        return boolean
    }

    /// Refuses any other value of a key, but not that it is missing.
    private func require(_ key: String, is value: Bool) throws(QwenError) {
        guard try boolean(key, unlessGiven: value) == value else {
            throw file.unsupported("\(key) is \(!value), which is not implemented")
        }
    }

    private func require(_ key: String, is value: Double) throws(QwenError) {
        guard json[key] != nil else { return }
        let given = try number(key)
        guard given == value else {
            throw file.unsupported("\(key) is \(given), which is not implemented")
        }
    }

    private func require(_ key: String, is value: String) throws(QwenError) {
        guard json[key] != nil else { return }
        let given = try text(key)
        guard given == value else {
            throw file.unsupported("\(key) is '\(given)', which is not implemented")
        }
    }

    private func missing(_ key: String, _ kind: String) -> QwenError {
        file.unsupported(
            json[key] == nil ? "the key \(key) is missing" : "\(key) is not \(kind)")
    }
}
