internal import Kernels

/// What forward passes must read and compute at least, counted from shapes.
///
/// With R rows, of which E end their input, and V pairs of a row and a position that it sees:
///
/// | operator | operations | bytes |
/// | --- | --- | --- |
/// | products with a layer's weights | 2 · R · numbers | packed bytes, once a pass |
/// | output head | 2 · E · hidden · vocabulary | packed bytes, once a pass |
/// | attention | 4 · heads · head dimension · V | keys and values of earlier positions, once a row |
/// | cache | | keys and values of new positions, once |
///
/// Packed bytes include scales and padding: they are what memory delivers. Embedding, norms,
/// rotation, softmax and activations are left out, so a share of the roof is never too high because
/// of them.
package struct ForwardCosts {
    /// Bytes from memory, each once, and multiplications plus additions.
    package struct Cost: Equatable, Sendable {
        package var bytes = 0.0
        package var operations = 0.0
    }

    private let layerNumbers: Double
    private let headNumbers: Double
    /// Packed bytes of the layers and the head.
    private let weightBytes: Double
    /// Operations for one row and one position that it sees.
    private let attentionOperations: Double
    /// Bytes of keys and values of one position in all layers.
    private let positionBytes: Double

    /// - Throws: `QwenError.tooLarge` when a size overflows.
    package init(
        _ model: ModelConfiguration, precision: Precision, cache: CachePrecision? = nil
    ) throws(QwenError) {
        let layout = try WeightLayout(model, precision: precision)
        let layer =
            model.hiddenSize * 2 * (model.queryWidth + model.keyValueWidth)
            + 3 * model.hiddenSize * model.intermediateSize
        layerNumbers = Double(model.layerCount) * Double(layer)
        headNumbers = Double(model.hiddenSize) * Double(model.vocabularySize)
        weightBytes = layout.matrices
            .filter { $0.role != .embedding || model.tiesEmbeddings }
            .reduce(0) { $0 + Double($1.panelCount) * Double($1.panelByteCount) }
        attentionOperations = 4 * Double(model.layerCount) * Double(model.queryWidth)
        positionBytes = Self.positionBytes(model, cache ?? precision.defaultCache)
    }

    /// Bytes of keys and values of one position in all layers.
    static func positionBytes(_ model: ModelConfiguration, _ cache: CachePrecision) -> Double {
        switch cache {
        case .f32: Double(model.kvBytesPerToken(elementBytes: 4))
        case .bf16: Double(model.kvBytesPerToken(elementBytes: 2))
        case .int8:
            // A key and a value of a head have a scale of 4 bytes each.
            Double(model.kvBytesPerToken(elementBytes: 1))
                + Double(model.layerCount * model.kvHeadCount * 8)
        }
    }

    /// The forward pass of `batch` prompts of `length` tokens each.
    package func prefill(batch: Int, length: Int) -> Cost {
        let batch = Double(batch)
        let length = Double(length)
        return Cost(
            bytes: weightBytes + batch * length * positionBytes,
            operations: 2 * batch * (length * layerNumbers + headNumbers)
                + batch * length * (length + 1) / 2 * attentionOperations)
    }

    /// The `steps` steps after the first together, of sequences that had `inputLength` tokens.
    package func decode(batch: Int, inputLength: Int, steps: Int) -> Cost {
        let batch = Double(batch)
        let steps = Double(steps)
        // Step k of them sees inputLength + k positions, the last of which it writes itself.
        let visible = steps * (Double(inputLength) + (steps + 1) / 2)
        return Cost(
            bytes: steps * weightBytes + batch * visible * positionBytes,
            operations: 2 * steps * batch * (layerNumbers + headNumbers)
                + batch * visible * attentionOperations)
    }
}
