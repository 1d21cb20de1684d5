internal import JSON

/// Qwen3's dense models: each head of queries and keys has an RMS norm before its rotation, heads have
/// a size of their own, no product has a bias, and layers may slide.
enum Qwen3: Family {
    static let architecture = Architecture.qwen3
    static let normalizesHeads = true
    static let gguf: GGUFForm? = GGUFForm(splitRule: "qwen2")
    static let className = "Qwen3ForCausalLM"
    static let slides = true

    /// The class's default, whatever the hidden size.
    static func headDimension(hidden: Int, heads: Int) -> Int { 128 }

    /// The class could have those of attention; no published model does.
    static func biases(_ file: ConfigurationFile) throws(QwenError) -> BiasedProducts {
        try file.require("attention_bias", is: false)
        try file.require("mlp_bias", is: false)
        return usualBiases
    }

    static func furtherMembers(_ model: ModelConfiguration) -> [JSON.Member] {
        [
            JSON.Member(name: "attention_bias", value: false),
            JSON.Member(name: "use_sliding_window", value: false),
        ]
    }
}
