/// What a family calls its tensors in a directory; what GGUF calls them is their name here.
struct TensorNames: Sendable {
    /// In front of all but the head.
    let model: String
    let embedding: String
    /// In front of the number of a layer.
    let layers: String
    let finalNorm: String
    let head: String
    /// Tensors of a layer by their names in GGUF, both without `.weight` or `.bias`.
    ///
    /// Those with one name lie below each other, in the order of ``TensorRole``.
    let block: [String: String]

    /// As transformers calls those of `LlamaForCausalLM` and of what is built like it.
    static let transformers = TensorNames(
        model: "model.", embedding: "embed_tokens", layers: "layers", finalNorm: "norm",
        head: "lm_head",
        block: [
            "attn_norm": "input_layernorm", "attn_q": "self_attn.q_proj",
            "attn_q_norm": "self_attn.q_norm", "attn_k": "self_attn.k_proj",
            "attn_k_norm": "self_attn.k_norm", "attn_v": "self_attn.v_proj",
            "attn_output": "self_attn.o_proj", "ffn_norm": "post_attention_layernorm",
            "ffn_gate": "mlp.gate_proj", "ffn_up": "mlp.up_proj", "ffn_down": "mlp.down_proj",
        ])

    /// - Precondition: the family has such a tensor.
    subscript(role: TensorRole) -> String {
        switch role {
        case .tokenEmbedding: return "\(model)\(embedding).weight"
        case .finalNorm: return "\(model)\(finalNorm).weight"
        case .outputHead: return "\(head).weight"
        default: break
        }
        guard let (layer, rest) = GGUFTensors.layer(of: role.name),
            let dot = rest.lastIndex(of: "."), let name = block[String(rest[..<dot])]
        else { preconditionFailure("the family has no \(role)") }
        return "\(model)\(layers).\(layer).\(name)\(rest[dot...])"
    }
}

/// Where a tensor of ours lies among those of a Hugging Face directory.
struct TensorPlace: Equatable {
    /// The name of the tensor that it is, or is a part of.
    let name: String
    /// The shape that this tensor must have.
    let shape: [Int]
    /// Numbers of it before the part.
    var start = 0
}

extension TensorRole {
    /// Its place in a model's directory.
    ///
    /// Rows are in the order of the forward pass: half of a head before the other half.
    func place(in model: ModelConfiguration) -> TensorPlace {
        let names = model.architecture.family.names
        let name = names[self]
        let parts = joinable.filter { names[$0] == name }
        func size(_ parts: ArraySlice<TensorRole>) -> Int {
            parts.reduce(0) { sum, part in
                let shape = part.shape(model)
                return sum + (isVector ? shape.columns : shape.rows)
            }
        }
        let columns = shape(model).columns
        let all = size(parts[...])
        let before = size(parts.prefix { $0 != self })
        return TensorPlace(
            name: name, shape: isVector ? [all] : [all, columns],
            start: isVector ? before : before * columns)
    }

    /// Those that may lie in one tensor with it.
    private var joinable: [TensorRole] {
        switch self {
        case .query(let layer), .key(let layer), .value(let layer):
            [.query(layer: layer), .key(layer: layer), .value(layer: layer)]
        case .queryBias(let layer), .keyBias(let layer), .valueBias(let layer):
            [.queryBias(layer: layer), .keyBias(layer: layer), .valueBias(layer: layer)]
        default: [self]
        }
    }
}
