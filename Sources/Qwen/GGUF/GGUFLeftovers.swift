/// The tensors of a GGUF file that have no role: each must be known to change nothing.
///
/// `docs/models.md`, "GGUF: tensors", gives the effect of each.
struct GGUFLeftovers {
    private let file: GGUFFile
    private let tensors: GGUFTensors
    private let layers: Int
    /// Names with roles that belong to no layer.
    private let known: Set<String>
    /// What names with roles have behind `blk.N.`.
    private let knownInLayers: Set<Substring>

    init(
        _ file: GGUFFile, _ tensors: GGUFTensors, _ architecture: Architecture, _ form: GGUFForm,
        layers: Int
    ) {
        self.file = file
        self.tensors = tensors
        self.layers = layers
        var known: Set = [
            TensorRole.tokenEmbedding.name, TensorRole.outputHead.name, TensorRole.finalNorm.name,
        ]
        if form.dividesAngles { known.insert(GGUFRotaryKeys.divisorsName) }
        self.known = known
        let roles =
            TensorRole.weights(layer: 0, architecture)
            + BiasedProducts(form.biases).roles(layer: 0)
        knownInLayers = Set(roles.compactMap { GGUFTensors.layer(of: $0.name)?.rest })
    }

    /// - Throws: `QwenError.unsupportedGGUF` naming the first, by name, that changes a result.
    func check() throws(QwenError) {
        for name in tensors.names where !isKnown(name) {
            guard try !isHarmless(name) else { continue }
            throw file.problem(
                "the tensor \(name) is \(kind(of: name)), which is not implemented; results would "
                    + "be wrong without it")
        }
    }

    private func isKnown(_ name: String) -> Bool {
        guard let (layer, rest) = GGUFTensors.layer(of: name) else { return known.contains(name) }
        return layer < layers && knownInLayers.contains(rest)
    }

    private func isHarmless(_ name: String) throws(QwenError) -> Bool {
        // Angles that every reader computes, of converters of 2023.
        if name.hasSuffix(".attn_rot_embd.weight") || name.hasSuffix("rotary_emb.inv_freq") {
            return true
        }
        // For activations in four bits, which come with a format of weights that is not read.
        if name.hasSuffix(".input_scale") { return true }
        guard name.hasSuffix(".scale"), tensors.places[name] != nil else { return false }
        return try tensors.values(name).allSatisfy { $0 == 1 }
    }

    private func kind(of name: String) -> String {
        let parts = name.split(separator: ".")
        if let (layer, _) = GGUFTensors.layer(of: name), layer >= layers {
            return "of a layer behind the \(layers) that the file says it has"
        }
        let isExpert =
            ["_exps", "_shexp", "ffn_gate_inp", "exp_probs"].contains { name.contains($0) }
            || parts.count > 4 && parts[2].hasPrefix("ffn_") && Int(parts[3]) != nil
        if isExpert { return "of a mixture of experts" }
        if name.contains("attn_qkv") { return "queries, keys and values in one" }
        if name.hasPrefix("rope_factors") { return "of LongRoPE" }
        if name.hasPrefix("cls") { return "of a classifier" }
        if name.contains("norm") { return "a further norm" }
        if name.hasSuffix(".bias") { return "a bias" }
        if name.hasSuffix(".scale") { return "a factor" }
        return "unknown"
    }
}
