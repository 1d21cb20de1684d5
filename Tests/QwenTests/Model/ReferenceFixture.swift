import Foundation
import Qwen
import Testing

/// A tiny random model and what the NumPy reference in `scripts/reference` answers for it.
///
/// The weights are not stored: both sides draw them from the same counter-based generator.
struct ReferenceFixture: Decodable, Sendable, CustomTestStringConvertible {
    struct Configuration: Decodable, Sendable {
        let architecture: Architecture
        let hiddenSize: Int
        let layerCount: Int
        let headCount: Int
        let kvHeadCount: Int
        let headDimension: Int
        let intermediateSize: Int
        let vocabularySize: Int
        let maximumPositions: Int
        let rmsNormEpsilon: Float
        let ropeTheta: Double
        let tiesEmbeddings: Bool
        let trainedLength: Int?
        let usesDynamicNTK: Bool?
        let usesLogNAttention: Bool?
        /// Products with a bias beside the architecture's own.
        let biases: [String]?
        let rotaryScaling: Scaling?
    }

    struct Scaling: Decodable, Sendable {
        let kind: String
        let factor: Double
        let original: Int
        let low: Double?
        let high: Double?

        var value: RotaryScaling {
            var scaling = RotaryScaling()
            if kind == "yarn" {
                scaling.kind = .yarn(
                    RotaryScaling.YaRN(factor: factor, originalPositions: original))
                scaling.magnitude = RotaryScaling.magnitude(factor: factor)
            } else {
                scaling.kind = .llama3(
                    RotaryScaling.Llama3(
                        factor: factor, lowFrequencyFactor: low ?? 0,
                        highFrequencyFactor: high ?? 0, originalPositions: original))
            }
            return scaling
        }
    }

    struct Answer: Decodable, Sendable {
        /// Greedy tokens; the first follows the prompt.
        let tokens: [Int32]
        /// (token, vocabulary): what each token was chosen from.
        let logits: [[Double]]
    }

    let name: String
    let configuration: Configuration
    let seed: UInt64
    let prompts: [[Int32]]
    let answers: [Answer]

    /// All there are, so that a family needs no more than a fixture to be tested.
    static let names: [String] = {
        let folder = Bundle.module.resourceURL?.appendingPathComponent("Fixtures/reference").path
        let files = folder.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0) }
        return (files ?? []).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }
            .filter { $0 != "random-weights" }.sorted()
    }()

    static func load(_ name: String) throws -> ReferenceFixture {
        let url = try #require(
            Bundle.module.url(
                forResource: "Fixtures/reference/\(name)", withExtension: "json"))
        return try JSONDecoder().decode(ReferenceFixture.self, from: Data(contentsOf: url))
    }

    var testDescription: String { name }

    var model: ModelConfiguration {
        let roles = TensorRole.biasedProducts
        let further = (configuration.biases ?? []).compactMap { roles[$0] }
        return ModelConfiguration(
            name: name,
            architecture: configuration.architecture,
            hiddenSize: configuration.hiddenSize,
            layerCount: configuration.layerCount,
            headCount: configuration.headCount,
            kvHeadCount: configuration.kvHeadCount,
            headDimension: configuration.headDimension,
            intermediateSize: configuration.intermediateSize,
            vocabularySize: configuration.vocabularySize,
            maximumPositions: configuration.maximumPositions,
            rmsNormEpsilon: configuration.rmsNormEpsilon,
            ropeTheta: configuration.ropeTheta,
            tiesEmbeddings: configuration.tiesEmbeddings,
            rotaryScaling: configuration.rotaryScaling?.value ?? RotaryScaling(),
            biases: configuration.architecture.usualBiases.union(BiasedProducts(further)),
            trainedLength: configuration.trainedLength,
            usesDynamicNTK: configuration.usesDynamicNTK ?? false,
            usesLogNAttention: configuration.usesLogNAttention ?? false)
    }
}

extension TensorRole {
    /// The bias of each product by the name of its matrix in GGUF files.
    fileprivate static let biasedProducts: [String: BiasedProducts] = [
        "attn_q": .queryKeyValue, "attn_k": .queryKeyValue, "attn_v": .queryKeyValue,
        "attn_output": .attentionOutput, "ffn_gate": .gate, "ffn_up": .up, "ffn_down": .down,
    ]
}
