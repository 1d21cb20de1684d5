internal import JSON

/// Qwen1.5, Qwen2 and Qwen2.5: queries, keys and values have a bias, and layers may slide.
enum Qwen2: Family {
    static let architecture = Architecture.qwen2
    static let usualBiases = BiasedProducts.queryKeyValue
    static let gguf: GGUFForm? = GGUFForm(biases: [.queryKeyValue], splitRule: "qwen2")
    static let className = "Qwen2ForCausalLM"
    static let slides = true

    /// `attention_bias` is not read by the class.
    static func biases(_ file: ConfigurationFile) throws(QwenError) -> BiasedProducts {
        try file.require("mlp_bias", is: false)
        return usualBiases
    }

    /// The class always has them; a GGUF file may not.
    static func writtenBiases(_ biases: BiasedProducts) -> BiasedProducts {
        biases.union(usualBiases)
    }

    static func furtherMembers(_ model: ModelConfiguration) -> [JSON.Member] {
        [JSON.Member(name: "use_sliding_window", value: false)]
    }
}
