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
        model.biases = architecture.family.writtenBiases(biases)
        return model
    }

    /// What `config.json` says of the shape, in the keys of transformers or, for Qwen v1, of its
    /// model code.
    var json: JSON { architecture.family.json(self) }

    /// The sizes in the keys that transformers' classes of dense decoders share.
    func membersInTransformers(className: String) -> [JSON.Member] {
        [
            JSON.Member(name: "architectures", value: [.string(className)]),
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
    }

    /// With the digits of the f32 that it is, not of the same number in double.
    var epsilonJSON: JSON { .number(Double("\(rmsNormEpsilon)") ?? Double(rmsNormEpsilon)) }
}
