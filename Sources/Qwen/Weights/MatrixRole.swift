internal import Kernels

/// A matrix as the forward pass multiplies it, made of one or more tensors of the model.
enum MatrixRole: Hashable, Sendable {
    case embedding
    case head
    /// For each key/value head the query rows of its group, its key rows and its value rows.
    case queryKeyValue(layer: Int)
    /// Columns of each head padded to whole panels, as attention writes them.
    case attentionOutput(layer: Int)
    /// Panels of gate and up in turn, so that one tile holds what SwiGLU joins.
    case gateUp(layer: Int)
    case down(layer: Int)

    /// Panels that so many workers must not separate.
    func panelUnit(_ model: ModelConfiguration, workers: Int) -> Int {
        switch self {
        case .gateUp: 2
        case .queryKeyValue where model.kvHeadCount % workers == 0: Self.headPanels(model) ?? 1
        default: 1
        }
    }

    /// Panels of queries, key and value of one key/value head; nil where they are no whole number.
    static func headPanels(_ model: ModelConfiguration) -> Int? {
        let rows = headRows(model)
        return rows % PackedPanels.channels == 0 ? rows / PackedPanels.channels : nil
    }

    private static func headRows(_ model: ModelConfiguration) -> Int {
        (model.headCount / model.kvHeadCount + 2) * model.headDimension
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
            let kvHead = row / Self.headRows(model)
            guard kvHead < model.kvHeadCount else { return nil }
            let width = model.headDimension
            let queries = Self.headRows(model) - 2 * width
            let inHead = row % Self.headRows(model)
            if inHead < queries { return (.query(layer: layer), kvHead * queries + inHead) }
            return inHead < queries + width
                ? (.key(layer: layer), kvHead * width + inHead - queries)
                : (.value(layer: layer), kvHead * width + inHead - queries - width)
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
