import TestSupport

/// The model of `TinyModelFile` as a Hugging Face directory, its tokenizer beside it.
struct TinyModelDirectory {
    let directory = TemporaryDirectory()

    var path: String { directory.path }

    init() {
        let file = GGUFWriter.tinyModel()
        let tensors = file.tensors.map { tensor in
            SafetensorsWriter.Tensor(
                name: Self.name(tensor.name), shape: tensor.dimensions.reversed().map { Int($0) },
                data: tensor.data)
        }
        directory.write(SafetensorsWriter(tensors).bytes(), to: "model.safetensors")
        directory.write(
            """
            {"model_type": "qwen2", "hidden_size": 8, "num_hidden_layers": 1,
            "num_attention_heads": 2, "num_key_value_heads": 1, "intermediate_size": 12,
            "vocab_size": 258, "max_position_embeddings": 64, "rms_norm_eps": 1e-06,
            "tie_word_embeddings": true}
            """, to: "config.json")
        let texts = GGUFWriter.byteTexts + ["he", "<|end|>"]
        let vocabulary = texts.enumerated().map { "\(Self.quoted($1)): \($0)" }
        directory.write("{\(vocabulary.joined(separator: ", "))}", to: "vocab.json")
        directory.write("#version: 0.2\nh e\n", to: "merges.txt")
        directory.write(#"{"eos_token": "<|end|>"}"#, to: "tokenizer_config.json")
    }

    /// Takes away what would end an answer.
    func endNothing() {
        directory.write("{}", to: "tokenizer_config.json")
    }

    private static func name(_ name: String) -> String {
        let renamed = [
            ("token_embd", "model.embed_tokens"), ("output_norm", "model.norm"),
            ("blk.0", "model.layers.0"), ("attn_norm", "input_layernorm"),
            ("attn_output", "self_attn.o_proj"), ("attn_q", "self_attn.q_proj"),
            ("attn_k", "self_attn.k_proj"), ("attn_v", "self_attn.v_proj"),
            ("ffn_norm", "post_attention_layernorm"), ("ffn_gate", "mlp.gate_proj"),
            ("ffn_up", "mlp.up_proj"), ("ffn_down", "mlp.down_proj"),
        ]
        return renamed.reduce(name) { $0.replacing($1.0, with: $1.1) }
    }

    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return "\"\(escaped)\""
    }
}
