/// What a tensor is for.
///
/// Matrices are (outputs, inputs), row-major.
package enum TensorRole: Hashable, Sendable {
    /// (vocabulary, hidden)
    case tokenEmbedding
    /// (vocabulary, hidden)
    case outputHead
    /// (hidden)
    case finalNorm
    /// (hidden)
    case attentionNorm(layer: Int)
    /// (heads · headDimension, hidden)
    case query(layer: Int)
    /// (heads · headDimension)
    case queryBias(layer: Int)
    /// (headDimension), the same for all heads
    case queryNorm(layer: Int)
    /// (kvHeads · headDimension, hidden)
    case key(layer: Int)
    /// (kvHeads · headDimension)
    case keyBias(layer: Int)
    /// (headDimension), the same for all heads
    case keyNorm(layer: Int)
    /// (kvHeads · headDimension, hidden)
    case value(layer: Int)
    /// (kvHeads · headDimension)
    case valueBias(layer: Int)
    /// (hidden, heads · headDimension)
    case attentionOutput(layer: Int)
    /// (hidden)
    case attentionOutputBias(layer: Int)
    /// (hidden)
    case feedForwardNorm(layer: Int)
    /// (intermediate, hidden)
    case gate(layer: Int)
    /// (intermediate)
    case gateBias(layer: Int)
    /// (intermediate, hidden)
    case up(layer: Int)
    /// (intermediate)
    case upBias(layer: Int)
    /// (hidden, intermediate)
    case down(layer: Int)
    /// (hidden)
    case downBias(layer: Int)
}

extension TensorRole {
    /// Its name in GGUF files, which random weights are drawn by.
    package var name: String {
        switch self {
        case .tokenEmbedding: "token_embd.weight"
        case .outputHead: "output.weight"
        case .finalNorm: "output_norm.weight"
        case .attentionNorm(let layer): "blk.\(layer).attn_norm.weight"
        case .query(let layer): "blk.\(layer).attn_q.weight"
        case .queryBias(let layer): "blk.\(layer).attn_q.bias"
        case .queryNorm(let layer): "blk.\(layer).attn_q_norm.weight"
        case .key(let layer): "blk.\(layer).attn_k.weight"
        case .keyBias(let layer): "blk.\(layer).attn_k.bias"
        case .keyNorm(let layer): "blk.\(layer).attn_k_norm.weight"
        case .value(let layer): "blk.\(layer).attn_v.weight"
        case .valueBias(let layer): "blk.\(layer).attn_v.bias"
        case .attentionOutput(let layer): "blk.\(layer).attn_output.weight"
        case .attentionOutputBias(let layer): "blk.\(layer).attn_output.bias"
        case .feedForwardNorm(let layer): "blk.\(layer).ffn_norm.weight"
        case .gate(let layer): "blk.\(layer).ffn_gate.weight"
        case .gateBias(let layer): "blk.\(layer).ffn_gate.bias"
        case .up(let layer): "blk.\(layer).ffn_up.weight"
        case .upBias(let layer): "blk.\(layer).ffn_up.bias"
        case .down(let layer): "blk.\(layer).ffn_down.weight"
        case .downBias(let layer): "blk.\(layer).ffn_down.bias"
        }
    }

    /// Rows and columns in a model; a vector is one row.
    package func shape(_ model: ModelConfiguration) -> (rows: Int, columns: Int) {
        switch self {
        case .tokenEmbedding, .outputHead: (model.vocabularySize, model.hiddenSize)
        case .finalNorm, .attentionNorm, .feedForwardNorm, .attentionOutputBias, .downBias:
            (1, model.hiddenSize)
        case .queryNorm, .keyNorm: (1, model.headDimension)
        case .query: (model.queryWidth, model.hiddenSize)
        case .queryBias: (1, model.queryWidth)
        case .key, .value: (model.keyValueWidth, model.hiddenSize)
        case .keyBias, .valueBias: (1, model.keyValueWidth)
        case .attentionOutput: (model.hiddenSize, model.queryWidth)
        case .gate, .up: (model.intermediateSize, model.hiddenSize)
        case .gateBias, .upBias: (1, model.intermediateSize)
        case .down: (model.hiddenSize, model.intermediateSize)
        }
    }

    /// Whether it is no matrix.
    var isVector: Bool {
        switch self {
        case .finalNorm, .attentionNorm, .feedForwardNorm, .queryNorm, .keyNorm, .queryBias,
            .keyBias, .valueBias, .attentionOutputBias, .gateBias, .upBias, .downBias:
            true
        case .tokenEmbedding, .outputHead, .query, .key, .value, .attentionOutput, .gate, .up,
            .down:
            false
        }
    }

    /// What is added to the products with a matrix, if the model has it.
    var bias: TensorRole? {
        switch self {
        case .query(let layer): .queryBias(layer: layer)
        case .key(let layer): .keyBias(layer: layer)
        case .value(let layer): .valueBias(layer: layer)
        case .attentionOutput(let layer): .attentionOutputBias(layer: layer)
        case .gate(let layer): .gateBias(layer: layer)
        case .up(let layer): .upBias(layer: layer)
        case .down(let layer): .downBias(layer: layer)
        default: nil
        }
    }

    /// Every tensor a model must have; a tied head is not one of its own.
    package static func all(_ model: ModelConfiguration) -> [TensorRole] {
        var roles: [TensorRole] = [.tokenEmbedding, .finalNorm]
        if !model.tiesEmbeddings { roles.append(.outputHead) }
        for layer in 0..<model.layerCount {
            roles += weights(layer: layer, model.architecture)
            roles += model.biases.roles(layer: layer)
        }
        return roles
    }

    /// The norms and matrices of one layer.
    static func weights(layer: Int, _ architecture: Architecture) -> [TensorRole] {
        let headNorms: [TensorRole] =
            architecture.family.normalizesHeads
            ? [.queryNorm(layer: layer), .keyNorm(layer: layer)] : []
        return [
            .attentionNorm(layer: layer), .query(layer: layer), .key(layer: layer),
            .value(layer: layer), .attentionOutput(layer: layer), .feedForwardNorm(layer: layer),
            .gate(layer: layer), .up(layer: layer), .down(layer: layer),
        ] + headNorms
    }
}

extension TensorRole {
    /// Whether its rows are those of the heads of keys or values.
    var hasKeyValueHeads: Bool {
        switch self {
        case .key, .keyBias, .value, .valueBias: true
        default: false
        }
    }
}

/// Which products of a layer have a bias.
package struct BiasedProducts: OptionSet, Sendable, Codable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// Queries, keys and values.
    package static let queryKeyValue = BiasedProducts(rawValue: 1)
    package static let attentionOutput = BiasedProducts(rawValue: 2)
    package static let gate = BiasedProducts(rawValue: 4)
    package static let up = BiasedProducts(rawValue: 8)
    package static let down = BiasedProducts(rawValue: 16)

    package static let all: [BiasedProducts] = [
        .queryKeyValue, .attentionOutput, .gate, .up, .down,
    ]

    /// The biases of one of them, in one layer.
    package func roles(layer: Int) -> [TensorRole] {
        var roles: [TensorRole] = []
        if contains(.queryKeyValue) {
            roles += [.queryBias(layer: layer), .keyBias(layer: layer), .valueBias(layer: layer)]
        }
        if contains(.attentionOutput) { roles.append(.attentionOutputBias(layer: layer)) }
        if contains(.gate) { roles.append(.gateBias(layer: layer)) }
        if contains(.up) { roles.append(.upBias(layer: layer)) }
        if contains(.down) { roles.append(.downBias(layer: layer)) }
        return roles
    }
}
