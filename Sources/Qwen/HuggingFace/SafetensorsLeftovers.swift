/// The tensors of a directory that have no role: each must be known to change nothing.
///
/// `docs/models.md`, "Weights of a directory", gives the effect of each.
struct SafetensorsLeftovers {
    private let weights: SafetensorsDirectory
    private let configuration: ModelConfiguration
    private let isQuantised: Bool
    private let path: String

    /// - Parameter isQuantised: whether `config.json` says that matrices are quantised in a way that
    ///   is read.
    init(
        _ weights: SafetensorsDirectory, _ configuration: ModelConfiguration, isQuantised: Bool,
        path: String
    ) {
        self.weights = weights
        self.configuration = configuration
        self.isQuantised = isQuantised
        self.path = path
    }

    /// - Throws: `QwenError.unsupportedModel` naming the first, by name, that changes a result.
    func check() throws(QwenError) {
        var known = Set(
            TensorRole.all(configuration).map { weights.name($0.place(in: configuration).name) })
        if isQuantised {
            for name in known where name.hasSuffix(".weight") {
                let matrix = String(name.dropLast("weight".count))
                guard weights.hasTensor(matrix + "qweight") else { continue }
                guard !weights.hasTensor(name) else {
                    throw .unsupportedModel(
                        path: path,
                        problem:
                            "it has both \(name) and \(matrix)qweight, two values of one matrix")
                }
                known.formUnion(["qweight", "qzeros", "scales", "g_idx"].map { matrix + $0 })
            }
        }
        for name in weights.names where !known.contains(name) && !isHarmless(name) {
            throw .unsupportedModel(
                path: path,
                problem:
                    "the tensor \(name) is \(kind(of: name)), which is not implemented; results "
                    + "would be wrong without it")
        }
    }

    /// Buffers of older classes: angles, masks and counters that every reader computes; and biases
    /// of zero, which GPTQ's tools leave in every product.
    private func isHarmless(_ name: String) -> Bool {
        let buffers = ["rotary_emb.inv_freq", ".masked_bias", "attn.bias", "position_ids"]
        if buffers.contains(where: { name.hasSuffix($0) }) { return true }
        guard name.hasSuffix("_proj.bias") else { return false }
        return weights.isZero(name)
    }

    private func kind(of name: String) -> String {
        let quantised = [
            ".qweight", ".qzeros", ".scales", ".g_idx", ".biases", ".weight_scale",
            ".weight_packed", ".absmax", ".quant_map", ".weight_scale_inv",
        ]
        if quantised.contains(where: { name.hasSuffix($0) }) {
            return "a part of quantised weights"
        }
        if name.contains("experts.") || name.contains("mlp.gate.") {
            return "of a mixture of experts"
        }
        let words = name.split(separator: ".")
        if let layers = words.firstIndex(where: { $0 == "layers" || $0 == "h" }),
            layers + 1 < words.count, let layer = Int(words[layers + 1]),
            layer >= configuration.layerCount
        {
            return "of a layer behind the \(configuration.layerCount) of config.json"
        }
        if name.contains("visual") || name.contains("vision") || name.contains("audio") {
            return "of an encoder for pictures or sound"
        }
        if name.contains("lora_") { return "of an adapter (LoRA)" }
        if name.hasSuffix("score.weight") { return "a head for classes" }
        if name.contains("norm") { return "a further norm" }
        if name.hasSuffix(".bias") { return "a bias that config.json does not have" }
        return "unknown"
    }
}
