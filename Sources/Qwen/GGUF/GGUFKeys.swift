/// What the keys of a family's GGUF files mean here, one by one, without the family in front:
/// `docs/models.md`, "GGUF: keys of the architecture", gives the effect of each.
struct GGUFKeys: Sendable {
    /// Keys that `GGUFModel` reads.
    var done: Set<String>
    /// Keys that change no result.
    var harmless: Set<String>
    /// Numbers that change a result, and the values that do not.
    var neutralNumbers: [String: [Double]]
    /// The same for flags and texts.
    var neutralValues: [String: GGUFValue]

    /// Those of a dense decoder with RMS norms.
    static let usual = GGUFKeys(
        done: usuallyDone, harmless: usuallyHarmless, neutralNumbers: usualNeutralNumbers,
        neutralValues: usualNeutralValues)

    private static let usuallyDone: Set = [
        "context_length", "embedding_length", "block_count", "feed_forward_length", "vocab_size",
        "attention.head_count", "attention.head_count_kv", "attention.key_length",
        "attention.value_length", "attention.layer_norm_rms_epsilon", "attention.scale",
        "attention.sliding_window", "rope.freq_base", "rope.dimension_count", "rope.scale_linear",
        "rope.scaling.type", "rope.scaling.factor", "rope.scaling.original_context_length",
        "rope.scaling.attn_factor",
    ]

    private static let usuallyHarmless: Set = [
        "attention.layer_norm_epsilon", "attention.group_norm_epsilon",
        "attention.group_norm_groups", "rope.scaling.finetuned", "pooling_type",
    ]

    private static let usualNeutralNumbers: [String: [Double]] = [
        "attention.clamp_kqv": [0], "attention.max_alibi_bias": [0], "attn_logit_softcapping": [0],
        "final_logit_softcapping": [0], "router_logit_softcapping": [0], "logit_scale": [0, 1],
        "residual_scale": [0, 1], "embedding_scale": [0, 1], "attention.output_scale": [0, 1],
        "attention.value_scale": [0, 1], "attention.temperature_length": [0, 1],
        "attention.temperature_scale": [0, 1], "leading_dense_block_count": [0],
        "interleave_moe_layer_step": [0], "moe_every_n_layers": [0], "nextn_predict_layers": [0],
        "num_loops": [0], "full_attention_interval": [0], "attention.recurrent_layers": [0],
        "attention.shared_kv_layers": [0], "attention.rope_pattern": [0], "adapters.count": [0],
        "rope.scaling.yarn_ext_factor": [-1, 1], "rope.scaling.yarn_attn_factor": [1],
        "rope.scaling.yarn_beta_fast": [32], "rope.scaling.yarn_beta_slow": [1],
        "rope.scaling.yarn_log_multiplier": [0], "rope.scaling.alpha": [0],
    ]

    private static let usualNeutralValues: [String: GGUFValue] = [
        "attention.causal": .boolean(true), "use_parallel_residual": .boolean(false),
        "hidden_activation": .text("silu"), "tensor_data_layout": .text("Meta AI original pth"),
    ]

    /// Refuses a key of the architecture that changes a result and is not done.
    ///
    /// - Throws: `QwenError.unsupportedGGUF` naming the key and its value.
    func check(_ file: GGUFFile, prefix: String) throws(QwenError) {
        // The first one is named, so in the order of their names; experts explain most of the others.
        let keys = file.metadata.keys.filter { $0.hasPrefix(prefix + ".") }.sorted {
            ($0.contains(".expert_") ? 0 : 1, $0) < ($1.contains(".expert_") ? 0 : 1, $1)
        }
        for key in keys {
            let name = String(key.dropFirst(prefix.count + 1))
            guard let value = file.metadata[key], !isUnderstood(name, value) else { continue }
            if name.hasPrefix("expert_") {
                throw file.problem(
                    "\(key) is \(value.summary): it is a mixture of experts, which is not read")
            }
            throw file.problem(
                "\(key) is \(value.summary), which is not implemented; results would be wrong "
                    + "without it")
        }
    }

    private func isUnderstood(_ name: String, _ value: GGUFValue) -> Bool {
        if done.contains(name) || harmless.contains(name) || name.hasPrefix("classifier.") {
            return true
        }
        if let neutral = neutralValues[name] { return value == neutral }
        let isExpert = name.hasPrefix("expert_")
        if isExpert, value == .boolean(false) { return true }
        guard let neutral = isExpert ? [0] : neutralNumbers[name] else { return false }
        switch value {
        case .integer(let number): return neutral.contains(Double(number))
        case .number(let number): return neutral.contains(number)
        default: return false
        }
    }

    /// Refuses a file that is no whole model.
    ///
    /// - Throws: `QwenError.unsupportedGGUF`.
    static func checkGeneral(_ file: GGUFFile) throws(QwenError) {
        if let type = try file.textIfPresent("general.type"), type != "model" {
            throw file.problem("its general.type is '\(type)': it is no whole model")
        }
        let foreign = file.metadata.keys.filter {
            $0.hasPrefix("adapter.") || $0.hasPrefix("clip.")
        }
        if let key = foreign.min() {
            throw file.problem("it has \(key): it is an adapter or an encoder, no whole model")
        }
    }
}

extension GGUFValue {
    /// Short enough for a message.
    var summary: String {
        switch self {
        case .integer(let number): "\(number)"
        case .huge(let number): "\(number)"
        case .number(let number): "\(number)"
        case .boolean(let flag): "\(flag)"
        case .text(let text): "'\(text.prefix(60))'"
        case .integers(let list): "a list of \(list.count) numbers"
        case .numbers(let list): "a list of \(list.count) numbers"
        case .booleans(let list): "a list of \(list.count) flags"
        case .texts(let list): "a list of \(list.count) texts"
        }
    }
}
