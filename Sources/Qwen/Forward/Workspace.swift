internal import Kernels

/// The activations of one forward pass, allocated once for the largest chunk.
///
/// Rows are padded to whole panels; padding is zero from the start and is only ever written with
/// zeros, so products may read it.
struct Workspace {
    /// Query rows of one head that attention takes at a time.
    static let attentionRows = 32

    struct Layout: Sendable {
        let hiddenWidth: Int
        let projectionWidth: Int
        let attentionWidth: Int
        let intermediateWidth: Int
        let logitWidth: Int
        let scoreWidth: Int
        let scoreRows: Int
        /// Whether the results of gate and up must be encoded before they meet weights again.
        let encodesGated: Bool
        /// Whether attention writes its results as the weights take them, rather than in f32.
        let narrowsAttention: Bool
        /// Whether they must be encoded, or rounded, before they meet weights.
        let encodesAttention: Bool
        /// Bytes of one head of a query as it meets keys, and of a row of them.
        let queryHeadByteCount: Int
        let queryRowByteCount: Int
        /// Bytes of a row of attention weights as it meets values; two of them for int8.
        let weightRowByteCount: Int
        let weightRowParts: Int
        /// Bytes of one number of `gated` and of `attention`.
        let gatedByteCount: Int
        let attentionByteCount: Int
        /// Bytes of one row as it meets weights.
        let normalizedRowBytes: Int
        let encodedAttentionRowBytes: Int
        let encodedGatedRowBytes: Int

        let hiddenOffset: Int
        let normalizedOffset: Int
        let projectionOffset: Int
        let queryOffset: Int
        let attentionOffset: Int
        let gatedOffset: Int
        let encodedOffset: Int
        let lastOffset: Int
        let logitsOffset: Int
        let scoresOffset: Int
        let weightsOffset: Int
        let scalesOffset: Int
        let scratchOffset: Int
        /// Bytes of one worker's scratch.
        let scratchByteCount: Int
        let byteCount: Int

        /// - Parameters:
        ///   - rows: of the largest chunk.
        ///   - capacity: positions of a sequence, in whole panels.
        init(
            _ model: ModelConfiguration,
            precision: Precision,
            cache: CachePrecision,
            rows: Int,
            batch: Int,
            capacity: Int,
            workers: Int
        ) throws(QwenError) {
            let channels = PackedPanels.channels
            let weights = precision.weights
            hiddenWidth = model.hiddenSize.roundedUp(toMultipleOf: channels)
            projectionWidth = (model.queryWidth + 2 * model.keyValueWidth)
                .roundedUp(toMultipleOf: channels)
            attentionWidth = model.headCount * model.paddedHeadDimension
            intermediateWidth = model.intermediateSize.roundedUp(toMultipleOf: channels)
            logitWidth = model.vocabularySize.roundedUp(toMultipleOf: channels)
            scoreWidth = capacity
            scoreRows = max(Workspace.attentionRows, model.headCount / model.kvHeadCount)
            let element = cache.element
            encodesGated = weights.isInteger
            narrowsAttention = weights == .bf16 && element == .bf16
            encodesAttention = !narrowsAttention && weights != .f32
            queryHeadByteCount =
                element.isInteger
                ? element.rowByteCount(depth: model.headDimension)
                : model.headDimension * element.resultByteCount
            queryRowByteCount = (model.headCount * queryHeadByteCount)
                .roundedUp(toMultipleOf: 64)
            weightRowParts = element.isInteger ? 2 : 1
            weightRowByteCount = element.rowByteCount(depth: scoreWidth)
            gatedByteCount = weights.resultByteCount
            attentionByteCount = narrowsAttention ? 2 : 4
            normalizedRowBytes = weights.rowByteCount(depth: hiddenWidth)
            encodedAttentionRowBytes = weights.rowByteCount(depth: attentionWidth)
            encodedGatedRowBytes = weights.rowByteCount(depth: intermediateWidth)

            let float = MemoryLayout<Float>.size
            var arena = Arena()
            hiddenOffset = arena.reserve(rows, hiddenWidth, float)
            normalizedOffset = arena.reserve(rows, normalizedRowBytes)
            projectionOffset = arena.reserve(rows, projectionWidth, float)
            queryOffset = arena.reserve(rows, queryRowByteCount)
            attentionOffset = arena.reserve(rows, attentionWidth, attentionByteCount)
            gatedOffset = arena.reserve(rows, intermediateWidth, gatedByteCount)
            encodedOffset =
                encodesAttention
                ? arena.reserve(rows, max(encodedAttentionRowBytes, encodedGatedRowBytes)) : 0
            lastOffset = arena.reserve(batch, normalizedRowBytes)
            logitsOffset = arena.reserve(batch, logitWidth, float)
            scoresOffset = arena.reserve(workers, scoreRows, scoreWidth, float)
            weightsOffset = arena.reserve(
                workers, scoreRows, weightRowParts, weightRowByteCount)
            // One cache line at least for each worker.
            scalesOffset = arena.reserve(workers, scoreRows.roundedUp(toMultipleOf: 16), float)
            scratchByteCount =
                [hiddenWidth, attentionWidth, intermediateWidth]
                .map { weights.scratchByteCount(depth: $0) }.max() ?? 0
            scratchOffset = arena.reserve(workers, scratchByteCount)
            guard let byteCount = arena.byteCount else {
                throw QwenError.tooLarge(model: model.name)
            }
            self.byteCount = byteCount
        }
    }

    let layout: Layout
    let base: UnsafeMutableRawPointer

    /// (rows, hiddenWidth) f32: the residual stream.
    var hidden: UnsafeMutablePointer<Float> { floats(layout.hiddenOffset) }
    /// (rows) rows of hiddenWidth numbers as they meet weights.
    var normalized: UnsafeMutableRawPointer { base + layout.normalizedOffset }
    /// (rows, projectionWidth) f32: query, key, value of each row.
    var projection: UnsafeMutablePointer<Float> { floats(layout.projectionOffset) }
    /// (rows, heads) rows of rotated queries as they meet keys.
    var queries: UnsafeMutableRawPointer { base + layout.queryOffset }
    /// (rows, heads, paddedHead) results.
    var attention: UnsafeMutableRawPointer { base + layout.attentionOffset }
    /// (rows, intermediateWidth) results.
    var gated: UnsafeMutableRawPointer { base + layout.gatedOffset }
    /// (rows) encoded rows of `attention`, then of `gated`; only where results must be encoded.
    var encoded: UnsafeMutableRawPointer { base + layout.encodedOffset }
    /// (batch) rows as they meet weights: the normalized last row of every sequence.
    var last: UnsafeMutableRawPointer { base + layout.lastOffset }
    /// (batch, logitWidth) f32.
    var logits: UnsafeMutablePointer<Float> { floats(layout.logitsOffset) }

    /// (scoreRows, scoreWidth) f32 of one worker.
    func scores(worker: Int) -> UnsafeMutablePointer<Float> {
        floats(layout.scoresOffset) + worker * layout.scoreRows * layout.scoreWidth
    }

    /// (scoreRows, weightRowParts) rows of one worker as they meet values.
    func weights(worker: Int) -> UnsafeMutableRawPointer {
        base + layout.weightsOffset
            + worker * layout.scoreRows * layout.weightRowParts * layout.weightRowByteCount
    }

    /// (scoreRows) f32 of one worker.
    func scales(worker: Int) -> UnsafeMutablePointer<Float> {
        floats(layout.scalesOffset) + worker * layout.scoreRows.roundedUp(toMultipleOf: 16)
    }

    /// What one worker's products may use for themselves; nil where they need nothing.
    func scratch(worker: Int) -> UnsafeMutableRawPointer? {
        layout.scratchByteCount == 0
            ? nil : base + layout.scratchOffset + worker * layout.scratchByteCount
    }

    private func floats(_ offset: Int) -> UnsafeMutablePointer<Float> {
        (base + offset).assumingMemoryBound(to: Float.self)
    }
}
