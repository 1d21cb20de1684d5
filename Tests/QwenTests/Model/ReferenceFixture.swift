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

    static let names = ["qwen2-gqa", "qwen2-tied-odd", "llama-gqa", "qwen-v1-long"]

    static func load(_ name: String) throws -> ReferenceFixture {
        let url = try #require(
            Bundle.module.url(
                forResource: "Fixtures/reference/\(name)", withExtension: "json"))
        return try JSONDecoder().decode(ReferenceFixture.self, from: Data(contentsOf: url))
    }

    var testDescription: String { name }

    var model: ModelConfiguration {
        ModelConfiguration(
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
            trainedLength: configuration.trainedLength,
            usesDynamicNTK: configuration.usesDynamicNTK ?? false,
            usesLogNAttention: configuration.usesLogNAttention ?? false)
    }
}
