internal import JSON

/// Llama, and what is built like it: any product may have a bias, and none need.
enum Llama: Family {
    static let architecture = Architecture.llama
    static let gguf: GGUFForm? = GGUFForm(
        biases: BiasedProducts.all, interleavesHeads: true, dividesAngles: true)
    static let className = "LlamaForCausalLM"

    private static let attention: BiasedProducts = [.queryKeyValue, .attentionOutput]
    private static let feedForward: BiasedProducts = [.gate, .up, .down]

    static func biases(_ file: ConfigurationFile) throws(QwenError) -> BiasedProducts {
        var biases: BiasedProducts = []
        if try file.boolean("attention_bias", unlessGiven: false) { biases.formUnion(attention) }
        if try file.boolean("mlp_bias", unlessGiven: false) { biases.formUnion(feedForward) }
        return biases
    }

    /// The class has all biases of a part, or none.
    static func writtenBiases(_ biases: BiasedProducts) -> BiasedProducts {
        [attention, feedForward].filter { !biases.isDisjoint(with: $0) }
            .reduce(biases) { $0.union($1) }
    }

    static func furtherMembers(_ model: ModelConfiguration) -> [JSON.Member] {
        [
            JSON.Member(
                name: "attention_bias", value: .boolean(model.biases.contains(.queryKeyValue))),
            JSON.Member(name: "mlp_bias", value: .boolean(model.biases.contains(.gate))),
        ]
    }
}
