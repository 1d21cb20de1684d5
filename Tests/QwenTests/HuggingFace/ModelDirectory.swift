import Qwen
import TestSupport

/// A model written out as a Hugging Face directory, under names spelled out here once more.
struct ModelDirectory {
    let directory = TemporaryDirectory()

    var path: String { directory.path }

    var configuration: String
    var tensors: [SafetensorsWriter.Tensor]

    init(_ model: ModelConfiguration, _ source: any TensorSource) {
        configuration = Self.configuration(model)
        tensors = Self.tensors(model, source)
    }

    /// Writes one file, or several with an index, and reads the model back.
    ///
    /// The files are gone with this directory; their mappings stay.
    func load(shards: Int = 1) throws -> HuggingFaceModel {
        try withExtendedLifetime(directory) {
            write(shards: shards)
            return try HuggingFaceModel(directory: path)
        }
    }

    private func write(shards: Int) {
        directory.write(configuration, to: "config.json")
        guard shards > 1 else {
            directory.write(SafetensorsWriter(tensors).bytes(), to: "model.safetensors")
            return
        }
        var places: [String] = []
        for shard in 0..<shards {
            let name = "model-\(shard + 1)-of-\(shards).safetensors"
            let part = tensors.indices.filter { $0 % shards == shard }.map { tensors[$0] }
            directory.write(SafetensorsWriter(part).bytes(), to: name)
            places += part.map { "\"\($0.name)\": \"\(name)\"" }
        }
        directory.write(
            #"{"metadata": {}, "weight_map": {\#(places.joined(separator: ", "))}}"#,
            to: "model.safetensors.index.json")
    }

    static func configuration(_ model: ModelConfiguration) -> String {
        switch model.architecture {
        case .qwen:
            """
            {"model_type": "qwen", "hidden_size": \(model.hiddenSize),
            "num_hidden_layers": \(model.layerCount), "num_attention_heads": \(model.headCount),
            "kv_channels": \(model.headDimension), "intermediate_size": \(2 * model.intermediateSize),
            "vocab_size": \(model.vocabularySize), "layer_norm_epsilon": \(model.rmsNormEpsilon),
            "max_position_embeddings": \(model.maximumPositions), "rotary_pct": 1.0,
            "rotary_emb_base": \(Int(model.ropeTheta)), "seq_length": \(model.trainedLength ?? 8192),
            "use_dynamic_ntk": \(model.usesDynamicNTK), "use_logn_attn": \(model.usesLogNAttention),
            "no_bias": true, "scale_attn_weights": true, "tie_word_embeddings": false}
            """
        default:
            """
            {"model_type": "\(model.architecture.rawValue)", "hidden_size": \(model.hiddenSize),
            "num_hidden_layers": \(model.layerCount), "num_attention_heads": \(model.headCount),
            "num_key_value_heads": \(model.kvHeadCount), "head_dim": \(model.headDimension),
            "intermediate_size": \(model.intermediateSize), "vocab_size": \(model.vocabularySize),
            "max_position_embeddings": \(model.maximumPositions), "hidden_act": "silu",
            "rms_norm_eps": \(model.rmsNormEpsilon), "rope_theta": \(model.ropeTheta),
            \(Self.scaling(model)), "attention_bias": \(model.biases.contains(.attentionOutput)),
            "mlp_bias": \(model.biases.contains(.down)), "tie_word_embeddings": \(model.tiesEmbeddings)}
            """
        }
    }

    private static func scaling(_ model: ModelConfiguration) -> String {
        switch model.rotaryScaling.kind {
        case .none: #""rope_scaling": null"#
        case .linear(let factor):
            #""rope_scaling": {"type": "linear", "factor": \#(factor)}"#
        case .llama3(let llama3):
            #""rope_scaling": {"rope_type": "llama3", "factor": \#(llama3.factor), "#
                + #""low_freq_factor": \#(llama3.lowFrequencyFactor), "#
                + #""high_freq_factor": \#(llama3.highFrequencyFactor), "#
                + #""original_max_position_embeddings": \#(llama3.originalPositions)}"#
        case .yarn(let yarn):
            #""rope_parameters": {"rope_type": "yarn", "factor": \#(yarn.factor), "#
                + #""original_max_position_embeddings": \#(yarn.originalPositions)}"#
        }
    }

    private static func tensors(
        _ model: ModelConfiguration, _ source: any TensorSource
    ) -> [SafetensorsWriter.Tensor] {
        var tensors: [SafetensorsWriter.Tensor] = []
        /// Adds a vector, or a matrix, of the rows of some roles below each other.
        func add(_ name: String, _ roles: TensorRole..., isVector: Bool = false) {
            let values = roles.flatMap { source.values($0, model) }
            let columns = roles[0].shape(model).columns
            tensors.append(
                SafetensorsWriter.Tensor(
                    name: name,
                    shape: isVector ? [values.count] : [values.count / columns, columns],
                    values: values))
        }
        let isQwen = model.architecture == .qwen
        add(isQwen ? "transformer.wte.weight" : "model.embed_tokens.weight", .tokenEmbedding)
        for layer in 0..<model.layerCount {
            if isQwen {
                let prefix = "transformer.h.\(layer)."
                add(prefix + "ln_1.weight", .attentionNorm(layer: layer), isVector: true)
                add(
                    prefix + "attn.c_attn.weight", .query(layer: layer), .key(layer: layer),
                    .value(layer: layer))
                add(
                    prefix + "attn.c_attn.bias", .queryBias(layer: layer), .keyBias(layer: layer),
                    .valueBias(layer: layer), isVector: true)
                add(prefix + "attn.c_proj.weight", .attentionOutput(layer: layer))
                add(prefix + "ln_2.weight", .feedForwardNorm(layer: layer), isVector: true)
                add(prefix + "mlp.w1.weight", .up(layer: layer))
                add(prefix + "mlp.w2.weight", .gate(layer: layer))
                add(prefix + "mlp.c_proj.weight", .down(layer: layer))
                continue
            }
            let prefix = "model.layers.\(layer)."
            add(prefix + "input_layernorm.weight", .attentionNorm(layer: layer), isVector: true)
            add(prefix + "self_attn.q_proj.weight", .query(layer: layer))
            add(prefix + "self_attn.k_proj.weight", .key(layer: layer))
            add(prefix + "self_attn.v_proj.weight", .value(layer: layer))
            if model.normalizesHeads {
                add(prefix + "self_attn.q_norm.weight", .queryNorm(layer: layer), isVector: true)
                add(prefix + "self_attn.k_norm.weight", .keyNorm(layer: layer), isVector: true)
            }
            if model.biases.contains(.queryKeyValue) {
                add(prefix + "self_attn.q_proj.bias", .queryBias(layer: layer), isVector: true)
                add(prefix + "self_attn.k_proj.bias", .keyBias(layer: layer), isVector: true)
                add(prefix + "self_attn.v_proj.bias", .valueBias(layer: layer), isVector: true)
            }
            add(prefix + "self_attn.o_proj.weight", .attentionOutput(layer: layer))
            if model.biases.contains(.attentionOutput) {
                add(
                    prefix + "self_attn.o_proj.bias", .attentionOutputBias(layer: layer),
                    isVector: true)
            }
            if model.biases.contains(.down) {
                add(prefix + "mlp.gate_proj.bias", .gateBias(layer: layer), isVector: true)
                add(prefix + "mlp.up_proj.bias", .upBias(layer: layer), isVector: true)
                add(prefix + "mlp.down_proj.bias", .downBias(layer: layer), isVector: true)
            }
            add(
                prefix + "post_attention_layernorm.weight", .feedForwardNorm(layer: layer),
                isVector: true)
            add(prefix + "mlp.gate_proj.weight", .gate(layer: layer))
            add(prefix + "mlp.up_proj.weight", .up(layer: layer))
            add(prefix + "mlp.down_proj.weight", .down(layer: layer))
        }
        add(isQwen ? "transformer.ln_f.weight" : "model.norm.weight", .finalNorm, isVector: true)
        if !model.tiesEmbeddings { add("lm_head.weight", .outputHead) }
        return tensors
    }
}

extension TensorSource {
    /// All numbers of a tensor, row by row.
    func values(_ role: TensorRole, _ model: ModelConfiguration) -> [Float] {
        let shape = role.shape(model)
        return (0..<shape.rows).flatMap { index in
            var row = [Float](repeating: 0, count: shape.columns)
            row.withUnsafeMutableBufferPointer { readRow(role, row: index, into: $0) }
            return row
        }
    }
}
