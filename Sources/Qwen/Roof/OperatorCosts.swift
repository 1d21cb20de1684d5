internal import Kernels

/// What each operator of forward passes must read, write and compute at least, counted from shapes.
///
/// With R rows in P passes, of which E end their input, and V pairs of a row and a position that it
/// sees; bytes are those of the buffers as they are packed, each once a pass:
///
/// | operator | operations | bytes |
/// | --- | --- | --- |
/// | embed | | R rows of the embedding and of the residual stream |
/// | norms | 4 · R · hidden | R rows of the residual stream, and of what meets weights |
/// | products | 2 · R · numbers (head: E) | weights, activations, results; sums twice where they add |
/// | rope_cache | 3 · R · rotated numbers, 7 where heads have norms | queries, keys and values; queries as they meet keys, new positions |
/// | attention | 4 · heads · head dimension · V | queries, results, keys and values of the positions seen |
/// | encoding | R · numbers | both forms of the rows |
///
/// In prefill the positions of a prompt count once, in decode once a step. Unlike `ForwardCosts`,
/// activations count: they lie in caches, which may be faster than memory.
package struct OperatorCosts {
    private let model: ModelConfiguration
    private let precision: Precision
    private let weights: WeightLayout
    private let plan: SessionPlan
    private let batch: Int
    private let positionBytes: Double

    /// - Parameter capacity: positions of each sequence.
    /// - Throws: `QwenError.tooLarge` when a size overflows.
    package init(
        _ model: ModelConfiguration, precision: Precision, cache: CachePrecision? = nil,
        batch: Int, capacity: Int, workers: Int
    ) throws(QwenError) {
        self.model = model
        self.precision = precision
        self.batch = batch
        let cache = cache ?? precision.defaultCache
        weights = try WeightLayout(model, precision: precision)
        plan = try SessionPlan(
            model, precision: precision, cache: cache, batch: batch, capacity: capacity,
            workers: workers)
        positionBytes = ForwardCosts.positionBytes(model, cache)
    }

    /// An operator in the forward pass of prompts of `length` tokens each: all its calls together.
    package func prefill(_ work: ForwardOperator, length: Int) -> ForwardCosts.Cost {
        let rows = batch * length
        return cost(
            work,
            Load(
                rows: Double(rows), passes: Double((rows + plan.stepRows - 1) / plan.stepRows),
                ends: Double(batch), pairs: Double(rows) * Double(length + 1) / 2,
                positions: Double(rows)))
    }

    /// An operator in the `steps` steps after the first: all its calls together.
    package func decode(
        _ work: ForwardOperator, inputLength: Int, steps: Int
    ) -> ForwardCosts.Cost {
        var pairs = 0.0
        for step in 0..<steps { pairs += Double(batch * (inputLength + step + 1)) }
        let rows = Double(batch * steps)
        return cost(
            work,
            Load(
                rows: rows, passes: Double(steps), ends: rows, pairs: pairs, positions: pairs))
    }

    /// The numbers in the matrices that an operator multiplies by, and what they are packed as; nil
    /// for one without weights.
    package func weights(of work: ForwardOperator) -> (parameters: Double, element: String)? {
        let layers = Double(model.layerCount)
        let hidden = Double(model.hiddenSize)
        let parameters: Double
        switch work {
        case .queryKeyValue:
            parameters = layers * hidden * Double(model.queryWidth + 2 * model.keyValueWidth)
        case .attentionOutput: parameters = layers * hidden * Double(model.queryWidth)
        case .gateUp: parameters = layers * hidden * Double(2 * model.intermediateSize)
        case .down: parameters = layers * hidden * Double(model.intermediateSize)
        case .head: parameters = hidden * Double(model.vocabularySize)
        default: return nil
        }
        return (parameters, (work == .head ? precision.head : precision.weights).rawValue)
    }

    /// What the operators work on.
    private struct Load {
        var rows: Double
        var passes: Double
        var ends: Double
        /// Pairs of a row and a position that it sees.
        var pairs: Double
        /// Positions whose keys and values are read, each as often as it is.
        var positions: Double
    }

    private func cost(_ work: ForwardOperator, _ load: Load) -> ForwardCosts.Cost {
        let layout = plan.workspace
        let layers = Double(model.layerCount)
        let rows = load.rows * layers
        let stream = Double(layout.hiddenWidth * MemoryLayout<Float>.size)
        let normalized = Double(layout.normalizedRowBytes)
        let projection = Double(layout.projectionWidth * MemoryLayout<Float>.size)
        let attended = Double(layout.attentionWidth * layout.attentionByteCount)
        let gated = Double(layout.intermediateWidth * layout.gatedByteCount)
        let hidden = Double(model.hiddenSize)
        switch work {
        case .reduce: return ForwardCosts.Cost()
        case .embed:
            let row =
                Double(weights.embedding.panelByteCount) / Double(PackedPanels.channels)
            return ForwardCosts.Cost(bytes: load.rows * (row + stream))
        case .attentionNorm, .feedForwardNorm:
            return ForwardCosts.Cost(
                bytes: rows * (stream + normalized), operations: 4 * rows * hidden)
        case .finalNorm:
            return ForwardCosts.Cost(
                bytes: load.ends * (stream + normalized), operations: 4 * load.ends * hidden)
        case .queryKeyValue:
            return product(work, load, activations: rows * (normalized + projection))
        case .ropeCache:
            return ForwardCosts.Cost(
                bytes: rows * (projection + Double(layout.queryRowByteCount))
                    + load.rows * positionBytes,
                operations: (model.normalizesHeads ? 7 : 3) * rows
                    * Double(model.queryWidth + model.keyValueWidth))
        case .attention:
            return ForwardCosts.Cost(
                bytes: rows * (Double(layout.queryRowByteCount) + attended)
                    + load.positions * positionBytes,
                operations: 4 * layers * Double(model.queryWidth) * load.pairs)
        case .attentionEncode:
            return ForwardCosts.Cost(
                bytes: rows * (attended + Double(layout.encodedAttentionRowBytes)),
                operations: rows * Double(layout.attentionWidth))
        case .attentionOutput:
            let row =
                layout.encodesAttention ? Double(layout.encodedAttentionRowBytes) : attended
            return product(work, load, activations: rows * (row + 2 * stream))
        case .gateUp:
            return product(work, load, activations: rows * (normalized + gated))
        case .gatedEncode:
            return ForwardCosts.Cost(
                bytes: rows * (gated + Double(layout.encodedGatedRowBytes)),
                operations: rows * Double(layout.intermediateWidth))
        case .down:
            let row = layout.encodesGated ? Double(layout.encodedGatedRowBytes) : gated
            return product(work, load, activations: rows * (row + 2 * stream))
        case .head:
            let logits = Double(layout.logitWidth * MemoryLayout<Float>.size)
            return product(work, load, activations: load.ends * (normalized + logits))
        }
    }

    private func product(
        _ work: ForwardOperator, _ load: Load, activations: Double
    ) -> ForwardCosts.Cost {
        // The head is read when an input ends, which is in the last pass of a prompt.
        let passes = work == .head ? load.ends / Double(batch) : load.passes
        let rows = work == .head ? load.ends : load.rows
        return ForwardCosts.Cost(
            bytes: passes * packedBytes(work) + activations,
            operations: 2 * rows * (weights(of: work)?.parameters ?? 0))
    }

    /// Packed bytes of all layers together, scales and padding included.
    private func packedBytes(_ work: ForwardOperator) -> Double {
        let matrices: [WeightLayout.Matrix]
        switch work {
        case .queryKeyValue: matrices = weights.layers.map(\.queryKeyValue)
        case .attentionOutput: matrices = weights.layers.map(\.attentionOutput)
        case .gateUp: matrices = weights.layers.map(\.gateUp)
        case .down: matrices = weights.layers.map(\.down)
        case .head: matrices = [weights.head]
        default: matrices = []
        }
        return matrices.reduce(0) { $0 + Double($1.panelCount) * Double($1.panelByteCount) }
    }
}
