internal import Kernels

/// A matrix as the forward pass multiplies it, made of one or more tensors of the model.
enum MatrixRole: Hashable, Sendable {
    case embedding
    case head
    /// Query, key and value rows, one below the other.
    case queryKeyValue(layer: Int)
    /// Columns of each head padded to whole panels, as attention writes them.
    case attentionOutput(layer: Int)
    /// Panels of gate and up in turn, so that one tile holds what SwiGLU joins.
    case gateUp(layer: Int)
    case down(layer: Int)

    /// Panels that threads must not separate.
    var panelUnit: Int {
        if case .gateUp = self { 2 } else { 1 }
    }

    func panelCount(_ model: ModelConfiguration) -> Int {
        switch self {
        case .embedding, .head:
            PackedPanels.count(channels: model.vocabularySize)
        case .queryKeyValue:
            PackedPanels.count(channels: model.queryWidth + 2 * model.keyValueWidth)
        case .attentionOutput, .down:
            PackedPanels.count(channels: model.hiddenSize)
        case .gateUp:
            2 * PackedPanels.count(channels: model.intermediateSize)
        }
    }

    /// Numbers in one row of the tensors.
    func sourceDepth(_ model: ModelConfiguration) -> Int {
        switch self {
        case .embedding, .head, .queryKeyValue, .gateUp: model.hiddenSize
        case .attentionOutput: model.queryWidth
        case .down: model.intermediateSize
        }
    }

    /// Numbers of activations that one row meets, padding included.
    func packedDepth(_ model: ModelConfiguration) -> Int {
        switch self {
        case .attentionOutput: model.headCount * model.paddedHeadDimension
        default: sourceDepth(model)
        }
    }

    func hasBias(_ model: ModelConfiguration) -> Bool {
        switch self {
        case .embedding, .head: false
        case .queryKeyValue: model.biases.contains(.queryKeyValue)
        case .attentionOutput: model.biases.contains(.attentionOutput)
        case .gateUp: !model.biases.isDisjoint(with: [.gate, .up])
        case .down: model.biases.contains(.down)
        }
    }

    /// The tensor row that becomes packed row `row`, or nil where padding stands.
    func source(ofRow row: Int, _ model: ModelConfiguration) -> (tensor: TensorRole, row: Int)? {
        switch self {
        case .embedding:
            return row < model.vocabularySize ? (.tokenEmbedding, row) : nil
        case .head:
            return row < model.vocabularySize ? (.outputHead, row) : nil
        case .queryKeyValue(let layer):
            let keyStart = model.queryWidth
            let valueStart = keyStart + model.keyValueWidth
            let end = valueStart + model.keyValueWidth
            if row < keyStart { return (.query(layer: layer), row) }
            if row < valueStart { return (.key(layer: layer), row - keyStart) }
            return row < end ? (.value(layer: layer), row - valueStart) : nil
        case .attentionOutput(let layer):
            return row < model.hiddenSize ? (.attentionOutput(layer: layer), row) : nil
        case .gateUp(let layer):
            let panel = row / PackedPanels.channels
            let channel = row % PackedPanels.channels
            let sourceRow = panel / 2 * PackedPanels.channels + channel
            guard sourceRow < model.intermediateSize else { return nil }
            return (panel % 2 == 0 ? .gate(layer: layer) : .up(layer: layer), sourceRow)
        case .down(let layer):
            return row < model.hiddenSize ? (.down(layer: layer), row) : nil
        }
    }
}

extension ModelConfiguration {
    /// One head's numbers in whole panels.
    var paddedHeadDimension: Int { headDimension.roundedUp(toMultipleOf: PackedPanels.channels) }
}
