internal import JSON

/// Keys of `config.json` that say that a model is not what its `model_type` says.
///
/// transformers' classes of these families ignore them; what they stand for would change a result.
/// `docs/models.md`, "`config.json`", gives the effect of each.
extension ConfigurationFile {
    /// - Throws: `QwenError.unsupportedModel` naming the key and its value.
    func refuseOtherModels() throws(QwenError) {
        try refuseOtherHeads()
        for key in Self.experts where !isNeutral(key, [.integer(0)]) {
            throw file.unsupported(
                "\(key) is \(summary(key)): it is a mixture of experts, which is not read")
        }
        for key in ["text_config", "vision_config", "audio_config"] where json[key] != nil {
            throw file.unsupported("it has \(key): it is a model for pictures or sound")
        }
        for (key, neutral) in Self.others where !isNeutral(key, neutral) {
            throw file.unsupported("\(key) is \(summary(key)), which is not implemented")
        }
        for member in json.members ?? [] where member.name.hasPrefix("mup_") {
            guard isNeutral(member.name, [.boolean(false), .integer(1)]) else {
                throw file.unsupported(
                    "\(member.name) is \(summary(member.name)), which is not implemented")
            }
        }
    }

    /// Heads for classes, rewards or embeddings in place of the language model's.
    private func refuseOtherHeads() throws(QwenError) {
        let names = json["architectures"]?.array?.compactMap(\.string) ?? []
        let ends = ["ForCausalLM", "LMHeadModel", "Model"]
        guard let name = names.first, !ends.contains(where: { name.hasSuffix($0) }) else { return }
        throw file.unsupported("its architectures say '\(name)', which is no language model")
    }

    private static let experts = [
        "num_experts", "num_local_experts", "n_routed_experts", "num_experts_per_tok",
        "moe_intermediate_size", "decoder_sparse_step",
    ]

    /// Each with the values that do nothing, beside null.
    private static let others: [(key: String, neutral: [JSON])] = [
        ("attn_logit_softcapping", [.integer(0)]), ("final_logit_softcapping", [.integer(0)]),
        ("logit_softcapping", [.integer(0)]), ("query_pre_attn_scalar", []),
        ("clip_qkv", [.integer(0)]), ("qk_norm", [.boolean(false)]),
        ("use_qk_norm", [.boolean(false)]), ("qk_layernorm", [.boolean(false)]),
        ("logit_scale", [.integer(1)]), ("logits_scaling", [.integer(1)]),
        ("attention_multiplier", []), ("residual_multiplier", [.integer(1)]),
        ("embedding_multiplier", [.integer(1)]), ("scale_emb", [.integer(1)]),
        ("scale_depth", []), ("dim_model_base", []), ("no_rope_layers", [.array([])]),
        ("attn_temperature_tuning", [.boolean(false), .integer(0)]), ("alibi", [.boolean(false)]),
        ("parallel_attn", [.boolean(false)]), ("num_nextn_predict_layers", [.integer(0)]),
        ("is_causal", [.boolean(true)]), ("is_encoder_decoder", [.boolean(false)]),
        ("add_cross_attention", [.boolean(false)]),
        ("use_bidirectional_attention", [.boolean(false)]),
    ]

    private func isNeutral(_ key: String, _ neutral: [JSON]) -> Bool {
        guard let value = json[key], value != .null else { return true }
        return neutral.contains { known in
            known == value || known.number != nil && known.number == value.number
        }
    }

    private func summary(_ key: String) -> String {
        switch json[key] {
        case .object?: "an object"
        case .array(let list)?: "a list of \(list.count)"
        case let value?:
            String(decoding: JSONWriter.bytes(value, isIndented: false).prefix(60), as: UTF8.self)
        case nil: "missing"
        }
    }
}
