internal import JSON

/// Qwen, the first generation: fused projections, dynamic NTK, log-n attention.
///
/// Source: `modeling_qwen.py` of Qwen-7B. Its GGUF files are not read.
enum QwenV1: Family {
    static let architecture = Architecture.qwen
    static let usualBiases = BiasedProducts.queryKeyValue
    static let gguf: GGUFForm? = nil
    static let className = "QWenLMHeadModel"
    static let sharesKeyValueHeads = false

    /// `c_attn` holds queries, keys and values; of the feed-forward part w2 is the gate.
    static let names = TensorNames(
        model: "transformer.", embedding: "wte", layers: "h", finalNorm: "ln_f", head: "lm_head",
        block: [
            "attn_norm": "ln_1", "attn_q": "attn.c_attn", "attn_k": "attn.c_attn",
            "attn_v": "attn.c_attn", "attn_output": "attn.c_proj", "ffn_norm": "ln_2",
            "ffn_gate": "mlp.w2", "ffn_up": "mlp.w1", "ffn_down": "mlp.c_proj",
        ])

    /// The key names of the first release (August 2023, `n_embd`) or of the later ones.
    ///
    /// `intermediate_size` is twice the width of gate and up.
    static func configuration(
        _ file: ConfigurationFile, name: String
    ) throws(QwenError) -> ModelConfiguration {
        try file.require("rotary_pct", is: 1)
        try file.require("no_bias", is: true)
        try file.require("scale_attn_weights", is: true)
        try file.require("apply_residual_connection_post_layernorm", is: false)
        try file.require("pos_emb", is: ["rotary"])
        try file.require("use_cache_quantization", is: false)
        guard file.json["n_inner"] == nil else {
            throw file.file.unsupported("n_inner is another width, which is not implemented")
        }
        guard try file.rotaryScaling() == RotaryScaling() else {
            throw file.file.unsupported("it scales positions, which \(architecture) does not do")
        }
        let hidden = try file.integer("hidden_size", "n_embd")
        let heads = try file.integer("num_attention_heads", "n_head")
        let doubleWidth = try file.integer("intermediate_size", "ffn_hidden_size")
        guard doubleWidth % 2 == 0 else {
            throw file.file.unsupported(
                "intermediate_size \(doubleWidth) is odd; in this family it is twice a width")
        }
        let usesDynamicNTK = try file.boolean("use_dynamic_ntk")
        let usesLogNAttention = try file.boolean("use_logn_attn")
        let trainedLength = try file.integer("seq_length")
        return ModelConfiguration(
            name: name,
            architecture: architecture,
            hiddenSize: hidden,
            layerCount: try file.integer("num_hidden_layers", "n_layer"),
            headCount: heads,
            kvHeadCount: heads,
            headDimension: try file.integer("kv_channels"),
            intermediateSize: doubleWidth / 2,
            vocabularySize: try file.integer("padded_vocab_size", "vocab_size"),
            maximumPositions: min(
                try file.integer("max_position_embeddings", "n_positions"),
                ModelConfiguration.mostPositions),
            rmsNormEpsilon: Float(try file.number("layer_norm_epsilon")),
            ropeTheta: try file.number("rotary_emb_base"),
            tiesEmbeddings: try file.boolean("tie_word_embeddings", unlessGiven: false),
            trainedLength: usesDynamicNTK || usesLogNAttention ? trainedLength : nil,
            usesDynamicNTK: usesDynamicNTK,
            usesLogNAttention: usesLogNAttention)
    }

    static func json(_ model: ModelConfiguration) -> JSON {
        [
            "architectures": [.string(className)],
            "model_type": .string(architecture.rawValue),
            "hidden_size": .integer(model.hiddenSize),
            "intermediate_size": .integer(2 * model.intermediateSize),
            "num_hidden_layers": .integer(model.layerCount),
            "num_attention_heads": .integer(model.headCount),
            "kv_channels": .integer(model.headDimension),
            "vocab_size": .integer(model.vocabularySize),
            "max_position_embeddings": .integer(model.maximumPositions),
            "seq_length": .integer(model.trainedLength ?? model.maximumPositions),
            "layer_norm_epsilon": model.epsilonJSON,
            "rotary_emb_base": .number(model.ropeTheta),
            "rotary_pct": 1.0,
            "use_dynamic_ntk": .boolean(model.usesDynamicNTK),
            "use_logn_attn": .boolean(model.usesLogNAttention),
            "no_bias": true,
            "scale_attn_weights": true,
            "tie_word_embeddings": .boolean(model.tiesEmbeddings),
            "bf16": false,
            "fp16": false,
            "fp32": false,
        ]
    }
}
