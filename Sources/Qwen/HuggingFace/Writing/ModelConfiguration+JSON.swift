extension ModelConfiguration {
    /// The same model as transformers' class of its family can be: with biases of zero where that
    /// has them all or none, and position scaling that `config.json` has words for.
    ///
    /// - Throws: `QwenError.invalidConfiguration`.
    func inTransformers() throws(QwenError) -> ModelConfiguration {
        var model = self
        guard
            let scaling = rotaryScaling.namable(base: ropeTheta, headDimension: headDimension)
        else {
            throw .invalidConfiguration(
                model: name,
                problem: "config.json has no words for its position scaling "
                    + "(\(GGUFRotaryKeys.divisorsName), or a factor of cosines and sines); a packed "
                    + "file keeps it")
        }
        model.rotaryScaling = scaling
        if architecture == .qwen2 { model.biases.insert(.queryKeyValue) }
        if architecture == .llama {
            let attention: BiasedProducts = [.queryKeyValue, .attentionOutput]
            let feedForward: BiasedProducts = [.gate, .up, .down]
            for products in [attention, feedForward] where !biases.isDisjoint(with: products) {
                model.biases.formUnion(products)
            }
        }
        return model
    }

    /// What `config.json` says of the shape, in the keys of transformers or, for Qwen v1, of its
    /// model code.
    var json: JSON {
        architecture == .qwen ? qwenJSON : llamaJSON
    }

    private var llamaJSON: JSON {
        let isQwen = architecture == .qwen2
        var members: [JSON.Member] = [
            JSON.Member(
                name: "architectures",
                value: [isQwen ? "Qwen2ForCausalLM" : "LlamaForCausalLM"]),
            JSON.Member(name: "model_type", value: .string(architecture.rawValue)),
            JSON.Member(name: "hidden_act", value: "silu"),
            JSON.Member(name: "hidden_size", value: .integer(hiddenSize)),
            JSON.Member(name: "intermediate_size", value: .integer(intermediateSize)),
            JSON.Member(name: "num_hidden_layers", value: .integer(layerCount)),
            JSON.Member(name: "num_attention_heads", value: .integer(headCount)),
            JSON.Member(name: "num_key_value_heads", value: .integer(kvHeadCount)),
            JSON.Member(name: "head_dim", value: .integer(headDimension)),
            JSON.Member(name: "vocab_size", value: .integer(vocabularySize)),
            JSON.Member(name: "max_position_embeddings", value: .integer(maximumPositions)),
            JSON.Member(name: "rms_norm_eps", value: epsilonJSON),
            JSON.Member(name: "rope_theta", value: .number(ropeTheta)),
            JSON.Member(name: "rope_scaling", value: rotaryScaling.json),
            JSON.Member(name: "tie_word_embeddings", value: .boolean(tiesEmbeddings)),
        ]
        if isQwen {
            members.append(JSON.Member(name: "use_sliding_window", value: false))
        } else {
            members.append(
                JSON.Member(
                    name: "attention_bias", value: .boolean(biases.contains(.queryKeyValue))))
            members.append(
                JSON.Member(name: "mlp_bias", value: .boolean(biases.contains(.gate))))
        }
        return .object(members)
    }

    /// `intermediate_size` is twice the width of gate and up.
    private var qwenJSON: JSON {
        [
            "architectures": ["QWenLMHeadModel"],
            "model_type": .string(architecture.rawValue),
            "hidden_size": .integer(hiddenSize),
            "intermediate_size": .integer(2 * intermediateSize),
            "num_hidden_layers": .integer(layerCount),
            "num_attention_heads": .integer(headCount),
            "kv_channels": .integer(headDimension),
            "vocab_size": .integer(vocabularySize),
            "max_position_embeddings": .integer(maximumPositions),
            "seq_length": .integer(trainedLength ?? maximumPositions),
            "layer_norm_epsilon": epsilonJSON,
            "rotary_emb_base": .number(ropeTheta),
            "rotary_pct": 1.0,
            "use_dynamic_ntk": .boolean(usesDynamicNTK),
            "use_logn_attn": .boolean(usesLogNAttention),
            "no_bias": true,
            "scale_attn_weights": true,
            "tie_word_embeddings": .boolean(tiesEmbeddings),
            "bf16": false,
            "fp16": false,
            "fp32": false,
        ]
    }

    /// With the digits of the f32 that it is, not of the same number in double.
    private var epsilonJSON: JSON { .number(Double("\(rmsNormEpsilon)") ?? Double(rmsNormEpsilon)) }
}
