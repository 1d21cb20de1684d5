internal import JSON

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

extension RotaryScaling {
    /// What `rope_scaling` of `config.json` says; null where positions are not scaled.
    ///
    /// - Precondition: `namable` made it.
    var json: JSON {
        switch kind {
        case .none: .null
        case .linear(let factor): ["rope_type": "linear", "factor": .number(factor)]
        case .llama3(let llama3):
            [
                "rope_type": "llama3", "factor": .number(llama3.factor),
                "low_freq_factor": .number(llama3.lowFrequencyFactor),
                "high_freq_factor": .number(llama3.highFrequencyFactor),
                "original_max_position_embeddings": .integer(llama3.originalPositions),
            ]
        case .yarn(let yarn):
            [
                "rope_type": "yarn", "factor": .number(yarn.factor),
                "original_max_position_embeddings": .integer(yarn.originalPositions),
                "attention_factor": .number(magnitude), "beta_fast": .number(yarn.betaFast),
                "beta_slow": .number(yarn.betaSlow), "truncate": .boolean(yarn.truncates),
            ]
        }
    }

    /// The same scaling in words that `config.json` has, for divisors that are Llama 3.1's.
    ///
    /// - Returns: nil where there are none.
    func namable(base: Double, headDimension: Int) -> RotaryScaling? {
        if divisors == nil { return isNamable ? self : nil }
        guard kind == .none, magnitude == 1, let divisors, let factor = divisors.max() else {
            return nil
        }
        if divisors.allSatisfy({ $0 == 1 }) { return RotaryScaling() }
        let plain = RotaryScaling().angles(base: base, headDimension: headDimension)
        // A GGUF file has the divisors alone: tried are the contexts that models were trained on,
        // with the borders of Meta's own models.
        for exponent in 6...20 {
            let llama3 = Llama3(
                factor: factor, lowFrequencyFactor: 1, highFrequencyFactor: 4,
                originalPositions: 1 << exponent)
            let isSame = zip(plain, divisors).allSatisfy { angle, divisor in
                abs(llama3.divisor(of: angle) / divisor - 1) < 1e-5
            }
            if isSame {
                var scaling = RotaryScaling()
                scaling.kind = .llama3(llama3)
                return scaling
            }
        }
        return nil
    }

    /// Only YaRN has a key for the factor of cosines and sines.
    private var isNamable: Bool {
        if case .yarn = kind { return true }
        return magnitude == 1
    }
}
