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
