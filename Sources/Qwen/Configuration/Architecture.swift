/// The families of dense decoders that the core runs.
package enum Architecture: String, Sendable, CaseIterable, Codable {
    /// Qwen, the first generation: fused projections, dynamic NTK, log-n attention.
    case qwen
    /// Qwen1.5 and Qwen2.
    case qwen2
    /// Llama and what is built like it: qwen2 without the biases.
    case llama

    /// The biases that its models have, unless a file says otherwise.
    package var usualBiases: BiasedProducts { self == .llama ? [] : .queryKeyValue }
}
