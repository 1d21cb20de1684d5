internal import Kernels

/// Seeded random weights of a model's shape: the first sweep needs no download.
///
/// Numbers have the spread of trained layers (variance 1 / inputs), so activations keep their
/// size through all layers. They depend on seed, tensor and position alone, not on the threads
/// that ask for them; `scripts/reference` draws the same ones.
package struct RandomTensorSource: TensorSource {
    private let seed: UInt64
    private let tiesEmbeddings: Bool

    package init(_ model: ModelConfiguration, seed: UInt64) {
        self.seed = seed
        tiesEmbeddings = model.tiesEmbeddings
    }

    package var isTrained: Bool { false }

    package func readRow(
        _ tensor: TensorRole, row: Int, into values: UnsafeMutableBufferPointer<Float>
    ) {
        let stream = RandomStream(seed: seed, name: name(tensor))
        switch tensor {
        case .tokenEmbedding:
            stream.fill(row: row, scale: Float(3).squareRoot(), into: values)
        case .finalNorm, .attentionNorm, .feedForwardNorm, .queryNorm, .keyNorm:
            stream.fill(row: row, scale: 0.1, offset: 1, into: values)
        case .queryBias, .keyBias, .valueBias, .attentionOutputBias, .gateBias, .upBias, .downBias:
            stream.fill(row: row, scale: 0.1, into: values)
        case .outputHead where tiesEmbeddings:
            stream.fill(row: row, scale: Float(3).squareRoot(), into: values)
        case .outputHead, .query, .key, .value, .attentionOutput, .gate, .up, .down:
            let variance = 3 / Double(values.count)
            stream.fill(row: row, scale: Float(variance.squareRoot()), into: values)
        }
    }

    /// The names of GGUF, without the suffix `.weight`.
    private func name(_ tensor: TensorRole) -> String {
        let role = tiesEmbeddings && tensor == .outputHead ? .tokenEmbedding : tensor
        return role.name.hasSuffix(".weight") ? String(role.name.dropLast(7)) : role.name
    }
}
