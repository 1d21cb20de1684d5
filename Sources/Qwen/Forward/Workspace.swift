internal import Kernels

/// The activations of one forward pass, allocated once for the largest step.
///
/// Rows are padded to whole panels; padding is zero from the start and is only ever written with
/// zeros, so products may read it.
struct Workspace {
    struct Layout: Sendable {
        /// Of the largest step.
        let rows: Int
        let workers: Int
        let paddedHead: Int
        /// Spans of blocks that a sequence may have.
        let spans: Int
        let hiddenWidth: Int
        let projectionWidth: Int
        let attentionWidth: Int
        let intermediateWidth: Int
        let logitWidth: Int
        /// Whether the results of gate and up must be encoded before they meet weights again.
        let encodesGated: Bool
        /// Whether attention writes its results as the weights take them, rather than in f32.
        let narrowsAttention: Bool
        /// Whether they must be encoded, or rounded, before they meet weights.
        let encodesAttention: Bool
        /// Bytes of one head of a query as it meets keys, and of all heads of a row.
        let queryHeadByteCount: Int
        let queryRowByteCount: Int
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
        let largestOffset: Int
        let ownRowsOffset: Int
        let ownRowsByteCount: Int
        let attentionScratchOffset: Int
        let attentionScratchByteCount: Int
        let ownOffset: Int
        let visibleOffset: Int
        let stateOffset: Int
        let stateByteCount: Int
        let spanStateOffset: Int
        let spanStateByteCount: Int
        let spanStateRows: Int
        let scratchOffset: Int
        /// Bytes of one worker's scratch.
        let scratchByteCount: Int
        let byteCount: Int

        /// - Parameters:
        ///   - rows: of the largest step.
        ///   - wanted: rows of a step whose logits are wanted, at most.
        ///   - blocks: of a sequence, at most.
        init(
            _ model: ModelConfiguration,
            precision: Precision,
            cache: CachePrecision,
            rows: Int,
            wanted: Int,
            blocks: Int,
            workers: Int
        ) throws(QwenError) {
            self.rows = rows
            self.workers = workers
            paddedHead = model.paddedHeadDimension
            spans = (blocks + Attention.spanBlocks - 1) / Attention.spanBlocks
            let channels = PackedPanels.channels
            let weights = precision.weights
            hiddenWidth = model.hiddenSize.roundedUp(toMultipleOf: channels)
            projectionWidth = (model.queryWidth + 2 * model.keyValueWidth)
                .roundedUp(toMultipleOf: channels)
            attentionWidth = model.headCount * model.paddedHeadDimension
            intermediateWidth = model.intermediateSize.roundedUp(toMultipleOf: channels)
            logitWidth = model.vocabularySize.roundedUp(toMultipleOf: channels)
            let element = cache.element
            encodesGated = weights.isInteger
            narrowsAttention = weights == .bf16 && element == .bf16
            encodesAttention = !narrowsAttention && weights != .f32
            queryHeadByteCount =
                element.isInteger
                ? element.rowByteCount(depth: model.headDimension)
                : model.headDimension * element.resultByteCount
            queryRowByteCount = model.headCount * queryHeadByteCount
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
            lastOffset = arena.reserve(wanted, normalizedRowBytes)
            logitsOffset = arena.reserve(wanted, logitWidth, float)
            largestOffset = arena.reserve(wanted, workers.roundedUp(toMultipleOf: 16), float)
            ownRowsByteCount =
                ForwardPass.soloRows
                * max(normalizedRowBytes, encodedAttentionRowBytes, encodedGatedRowBytes)
            ownRowsOffset = arena.reserve(workers, ownRowsByteCount)
            attentionScratchByteCount = Attention.scratchByteCount(depth: model.headDimension)
                .roundedUp(toMultipleOf: 64)
            attentionScratchOffset = arena.reserve(workers, attentionScratchByteCount)
            ownOffset = arena.reserve(workers, Attention.mostRows, MemoryLayout<UInt64>.size)
            visibleOffset = arena.reserve(workers, Attention.mostRows, MemoryLayout<UInt32>.size)
            stateByteCount = AttentionState.byteCount(
                rows: Attention.mostRows, resultWidth: paddedHead)
            stateOffset = arena.reserve(workers, stateByteCount)
            spanStateRows = AttentionDeal.mostSplitRows(
                group: model.headCount / model.kvHeadCount)
            spanStateByteCount = AttentionState.byteCount(
                rows: spanStateRows, resultWidth: paddedHead)
            spanStateOffset =
                workers > 1 ? arena.reserve(workers, spans, spanStateByteCount) : 0
            scratchByteCount =
                [hiddenWidth, attentionWidth, intermediateWidth]
                .map { weights.scratchByteCount(depth: $0) }.max() ?? 0
            scratchOffset = arena.reserve(workers, scratchByteCount)
            guard let byteCount = arena.byteCount else {
                throw QwenError.tooLarge(model: model.name)
            }
            self.byteCount = byteCount
        }

        /// Panels of the residual stream.
        var hiddenPanels: Int { hiddenWidth / PackedPanels.channels }

        /// Where the memory lies that one worker alone uses.
        func own(worker: Int) -> [Range<Int>] {
            [
                (ownRowsOffset, ownRowsByteCount),
                (attentionScratchOffset, attentionScratchByteCount),
                (stateOffset, stateByteCount), (scratchOffset, scratchByteCount),
            ].map { $0.0 + worker * $0.1..<$0.0 + (worker + 1) * $0.1 }
        }
    }

    let layout: Layout
    let base: UnsafeMutableRawPointer

    /// (rows, hiddenWidth) f32: the residual stream.
    var hidden: UnsafeMutablePointer<Float> { floats(layout.hiddenOffset) }
    /// (rows) rows of hiddenWidth numbers as they meet weights.
    var normalized: UnsafeMutableRawPointer { base + layout.normalizedOffset }
    /// (rows, projectionWidth) f32: for each key/value head of a row queries, key and value.
    var projection: UnsafeMutablePointer<Float> { floats(layout.projectionOffset) }
    /// (kvHeads, rows, group) rows of rotated queries as they meet keys.
    var queries: UnsafeMutableRawPointer { base + layout.queryOffset }
    /// (rows, heads, paddedHead) results.
    var attention: UnsafeMutableRawPointer { base + layout.attentionOffset }
    /// (rows, intermediateWidth) results.
    var gated: UnsafeMutableRawPointer { base + layout.gatedOffset }
    /// (rows) encoded rows of `attention`, then of `gated`; only where results must be encoded.
    var encoded: UnsafeMutableRawPointer { base + layout.encodedOffset }
    /// (wanted) rows as they meet weights: the normalized rows whose logits are wanted.
    var last: UnsafeMutableRawPointer { base + layout.lastOffset }
    /// (wanted, logitWidth) f32.
    var logits: UnsafeMutablePointer<Float> { floats(layout.logitsOffset) }

    /// (workers) Int32: the largest logit of one wanted row among each worker's own; −1 for none.
    func largest(row: Int) -> UnsafeMutablePointer<Int32> {
        (base + layout.largestOffset).assumingMemoryBound(to: Int32.self)
            + row * layout.workers.roundedUp(toMultipleOf: 16)
    }

    /// (soloRows) rows as they meet weights, of one worker.
    func ownRows(worker: Int) -> UnsafeMutableRawPointer {
        base + layout.ownRowsOffset + worker * layout.ownRowsByteCount
    }

    /// The state of one worker's tile.
    func attentionState(worker: Int) -> AttentionState {
        AttentionState(
            at: base + layout.stateOffset + worker * layout.stateByteCount,
            rows: Attention.mostRows, resultWidth: layout.paddedHead)
    }

    /// The state of one span of the tile that begins with a worker and that others go on with.
    func spanState(worker: Int, span: Int) -> AttentionState {
        AttentionState(
            at: base + layout.spanStateOffset
                + (worker * layout.spans + span) * layout.spanStateByteCount,
            rows: layout.spanStateRows, resultWidth: layout.paddedHead)
    }

    func attentionScratch(worker: Int) -> UnsafeMutableRawPointer {
        base + layout.attentionScratchOffset + worker * layout.attentionScratchByteCount
    }

    /// (Attention.mostRows) which positions the rows of a worker's tile see of their own entry.
    func own(worker: Int) -> UnsafeMutablePointer<UInt64> {
        (base + layout.ownOffset).assumingMemoryBound(to: UInt64.self)
            + worker * Attention.mostRows
    }

    /// (Attention.mostRows) how many positions they see.
    func visible(worker: Int) -> UnsafeMutablePointer<UInt32> {
        (base + layout.visibleOffset).assumingMemoryBound(to: UInt32.self)
            + worker * Attention.mostRows
    }

    /// What one worker's products may use for themselves.
    func scratch(worker: Int) -> UnsafeMutableRawPointer {
        base + layout.scratchOffset + worker * layout.scratchByteCount
    }

    private func floats(_ offset: Int) -> UnsafeMutablePointer<Float> {
        (base + offset).assumingMemoryBound(to: Float.self)
    }
}
