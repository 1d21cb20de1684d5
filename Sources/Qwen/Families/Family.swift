internal import JSON

/// The families of dense decoders that the core runs, by the names that files have for them.
package enum Architecture: String, Sendable, CaseIterable, Codable {
    case qwen
    case qwen2
    case qwen3
    case llama

    /// All that is particular to it.
    var family: any Family.Type {
        switch self {
        case .qwen: QwenV1.self
        case .qwen2: Qwen2.self
        case .qwen3: Qwen3.self
        case .llama: Llama.self
        }
    }

    /// The biases that its models have, unless a file says otherwise.
    package var usualBiases: BiasedProducts { family.usualBiases }

    /// Their names as a list in words.
    static func names(_ families: [Architecture]) -> String {
        let names = families.map(\.rawValue)
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }
}

/// What one family of decoders has of its own: what its block does, what its files call things, and
/// which of their keys mean something.
///
/// The block of every family is RMS norm, grouped attention over rotated queries and keys, RMS norm,
/// SwiGLU. What a family does not say is as in transformers' Llama and llama.cpp. Whoever adds one
/// writes a file like those beside this one, lists it above, and adds a model of it to
/// `scripts/reference/make_fixtures.py`.
protocol Family {
    static var architecture: Architecture { get }

    /// Products with a bias, unless a file says otherwise.
    static var usualBiases: BiasedProducts { get }
    /// Whether each head of queries and keys passes an RMS norm before its rotation.
    static var normalizesHeads: Bool { get }

    /// nil where its GGUF files are not read.
    static var gguf: GGUFForm? { get }

    /// The class that `config.json` names.
    static var className: String { get }
    /// Its tensors in a directory.
    static var names: TensorNames { get }
    /// Whether `num_key_value_heads` says how many heads keys and values have; otherwise as many as
    /// queries.
    static var sharesKeyValueHeads: Bool { get }
    /// Whether layers slide where `use_sliding_window` asks for it; otherwise that is refused.
    static var slides: Bool { get }
    /// Numbers of a head where `head_dim` does not say.
    static func headDimension(hidden: Int, heads: Int) -> Int

    /// The biases that `config.json` says there are.
    static func biases(_ file: ConfigurationFile) throws(QwenError) -> BiasedProducts
    /// The shape that `config.json` says.
    ///
    /// - Throws: `QwenError.unsupportedModel` naming a key that is missing, or says what is not done.
    static func configuration(
        _ file: ConfigurationFile, name: String
    ) throws(QwenError) -> ModelConfiguration

    /// The biases that a model of the class has which has these: it may have them in groups only.
    static func writtenBiases(_ biases: BiasedProducts) -> BiasedProducts
    /// What `config.json` says beside the sizes.
    static func furtherMembers(_ model: ModelConfiguration) -> [JSON.Member]
    /// All that `config.json` says.
    static func json(_ model: ModelConfiguration) -> JSON
}

/// What the GGUF files of a family may have, as llama.cpp reads them.
///
/// Their tensors are called as ``TensorRole/name`` says.
struct GGUFForm {
    /// Products that may have a bias.
    var biases: [BiasedProducts] = []
    /// Whether rows of queries and keys lie with the two that are rotated together side by side,
    /// and not half a head apart.
    var interleavesHeads = false
    /// Whether `rope_freqs.weight` may divide the angles.
    var dividesAngles = false
    /// The `tokenizer.ggml.pre` that a file without it means; nil where the vocabulary must tell.
    var splitRule: String?
    var keys = GGUFKeys.usual
}

extension Family {
    static var usualBiases: BiasedProducts { [] }
    static var normalizesHeads: Bool { false }
    static var names: TensorNames { .transformers }
    static var sharesKeyValueHeads: Bool { true }
    static var slides: Bool { false }

    static func headDimension(hidden: Int, heads: Int) -> Int { hidden / heads }

    static func biases(_ file: ConfigurationFile) throws(QwenError) -> BiasedProducts {
        usualBiases
    }

    static func configuration(
        _ file: ConfigurationFile, name: String
    ) throws(QwenError) -> ModelConfiguration {
        try file.transformers(name: name, Self.self)
    }

    static func writtenBiases(_ biases: BiasedProducts) -> BiasedProducts { biases }

    static func furtherMembers(_ model: ModelConfiguration) -> [JSON.Member] { [] }

    static func json(_ model: ModelConfiguration) -> JSON {
        .object(model.membersInTransformers(className: className) + furtherMembers(model))
    }
}
