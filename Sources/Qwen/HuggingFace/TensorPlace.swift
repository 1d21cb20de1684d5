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
        model.architecture == .qwen ? placeInQwen(model) : placeInLlama(model)
    }

    /// As transformers names the tensors of `Qwen2ForCausalLM` and `LlamaForCausalLM`.
    private func placeInLlama(_ model: ModelConfiguration) -> TensorPlace {
        func vector(_ name: String) -> TensorPlace {
            TensorPlace(name: name, shape: [shape(model).columns])
        }
        func matrix(_ name: String) -> TensorPlace {
            TensorPlace(name: name, shape: [shape(model).rows, shape(model).columns])
        }
        func prefix(_ layer: Int) -> String { "model.layers.\(layer)" }
        return switch self {
        case .tokenEmbedding: matrix("model.embed_tokens.weight")
        case .outputHead: matrix("lm_head.weight")
        case .finalNorm: vector("model.norm.weight")
        case .attentionNorm(let layer): vector("\(prefix(layer)).input_layernorm.weight")
        case .query(let layer): matrix("\(prefix(layer)).self_attn.q_proj.weight")
        case .queryBias(let layer): vector("\(prefix(layer)).self_attn.q_proj.bias")
        case .key(let layer): matrix("\(prefix(layer)).self_attn.k_proj.weight")
        case .keyBias(let layer): vector("\(prefix(layer)).self_attn.k_proj.bias")
        case .value(let layer): matrix("\(prefix(layer)).self_attn.v_proj.weight")
        case .valueBias(let layer): vector("\(prefix(layer)).self_attn.v_proj.bias")
        case .attentionOutput(let layer): matrix("\(prefix(layer)).self_attn.o_proj.weight")
        case .attentionOutputBias(let layer): vector("\(prefix(layer)).self_attn.o_proj.bias")
        case .feedForwardNorm(let layer): vector("\(prefix(layer)).post_attention_layernorm.weight")
        case .gate(let layer): matrix("\(prefix(layer)).mlp.gate_proj.weight")
        case .gateBias(let layer): vector("\(prefix(layer)).mlp.gate_proj.bias")
        case .up(let layer): matrix("\(prefix(layer)).mlp.up_proj.weight")
        case .upBias(let layer): vector("\(prefix(layer)).mlp.up_proj.bias")
        case .down(let layer): matrix("\(prefix(layer)).mlp.down_proj.weight")
        case .downBias(let layer): vector("\(prefix(layer)).mlp.down_proj.bias")
        }
    }

    /// As Qwen v1's `modeling_qwen.py` names its tensors: `c_attn` holds queries, keys and values,
    /// and of the feed-forward part w2 is the gate.
    private func placeInQwen(_ model: ModelConfiguration) -> TensorPlace {
        func vector(_ name: String) -> TensorPlace {
            TensorPlace(name: name, shape: [shape(model).columns])
        }
        func matrix(_ name: String) -> TensorPlace {
            TensorPlace(name: name, shape: [shape(model).rows, shape(model).columns])
        }
        func prefix(_ layer: Int) -> String { "transformer.h.\(layer)" }
        let queries = model.queryWidth
        let keys = model.keyValueWidth
        func weight(_ layer: Int, firstRow: Int) -> TensorPlace {
            TensorPlace(
                name: "\(prefix(layer)).attn.c_attn.weight",
                shape: [queries + 2 * keys, model.hiddenSize], start: firstRow * model.hiddenSize)
        }
        func bias(_ layer: Int, first: Int) -> TensorPlace {
            TensorPlace(
                name: "\(prefix(layer)).attn.c_attn.bias", shape: [queries + 2 * keys],
                start: first)
        }
        return switch self {
        case .tokenEmbedding: matrix("transformer.wte.weight")
        case .outputHead: matrix("lm_head.weight")
        case .finalNorm: vector("transformer.ln_f.weight")
        case .attentionNorm(let layer): vector("\(prefix(layer)).ln_1.weight")
        case .query(let layer): weight(layer, firstRow: 0)
        case .queryBias(let layer): bias(layer, first: 0)
        case .key(let layer): weight(layer, firstRow: queries)
        case .keyBias(let layer): bias(layer, first: queries)
        case .value(let layer): weight(layer, firstRow: queries + keys)
        case .valueBias(let layer): bias(layer, first: queries + keys)
        case .attentionOutput(let layer): matrix("\(prefix(layer)).attn.c_proj.weight")
        case .attentionOutputBias(let layer): vector("\(prefix(layer)).attn.c_proj.bias")
        case .feedForwardNorm(let layer): vector("\(prefix(layer)).ln_2.weight")
        case .gate(let layer): matrix("\(prefix(layer)).mlp.w2.weight")
        case .gateBias(let layer): vector("\(prefix(layer)).mlp.w2.bias")
        case .up(let layer): matrix("\(prefix(layer)).mlp.w1.weight")
        case .upBias(let layer): vector("\(prefix(layer)).mlp.w1.bias")
        case .down(let layer): matrix("\(prefix(layer)).mlp.c_proj.weight")
        case .downBias(let layer): vector("\(prefix(layer)).mlp.c_proj.bias")
        }
    }
}
