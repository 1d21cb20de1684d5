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
        let queryWidth: Int
        let intermediateWidth: Int
        let logitWidth: Int
        let scoreWidth: Int
        let scoreRows: Int
        let elementByteCount: Int

        let hiddenOffset: Int
        let normalizedOffset: Int
        let projectionOffset: Int
        let queryOffset: Int
        let attentionOffset: Int
        let gatedOffset: Int
        let lastOffset: Int
        let logitsOffset: Int
        let scoresOffset: Int
        let weightsOffset: Int
        let scalesOffset: Int
        let byteCount: Int

        /// - Parameters:
        ///   - rows: of the largest chunk.
        ///   - capacity: positions of a sequence, in whole panels.
        init(
            _ model: ModelConfiguration,
            element: Element,
            rows: Int,
            batch: Int,
            capacity: Int,
            workers: Int
        ) throws(QwenError) {
            let channels = PackedPanels.channels
            hiddenWidth = model.hiddenSize.roundedUp(toMultipleOf: channels)
            projectionWidth = (model.queryWidth + 2 * model.keyValueWidth)
                .roundedUp(toMultipleOf: channels)
            queryWidth = model.queryWidth.roundedUp(toMultipleOf: channels)
            attentionWidth = model.headCount * model.paddedHeadDimension
            intermediateWidth = model.intermediateSize.roundedUp(toMultipleOf: channels)
            logitWidth = model.vocabularySize.roundedUp(toMultipleOf: channels)
            scoreWidth = capacity
            scoreRows = max(Workspace.attentionRows, model.headCount / model.kvHeadCount)
            elementByteCount = element.byteCount

            let float = MemoryLayout<Float>.size
            var arena = Arena()
            hiddenOffset = arena.reserve(rows, hiddenWidth, float)
            normalizedOffset = arena.reserve(rows, hiddenWidth, elementByteCount)
            projectionOffset = arena.reserve(rows, projectionWidth, float)
            queryOffset = arena.reserve(rows, queryWidth, elementByteCount)
            attentionOffset = arena.reserve(rows, attentionWidth, elementByteCount)
            gatedOffset = arena.reserve(rows, intermediateWidth, elementByteCount)
            lastOffset = arena.reserve(batch, hiddenWidth, elementByteCount)
            logitsOffset = arena.reserve(batch, logitWidth, float)
            scoresOffset = arena.reserve(workers, scoreRows, scoreWidth, float)
            weightsOffset = arena.reserve(workers, scoreRows, scoreWidth, elementByteCount)
            // One cache line at least for each worker.
            scalesOffset = arena.reserve(workers, scoreRows.roundedUp(toMultipleOf: 16), float)
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
    /// (rows, hiddenWidth) elements.
    var normalized: UnsafeMutableRawPointer { base + layout.normalizedOffset }
    /// (rows, projectionWidth) f32: query, key, value of each row.
    var projection: UnsafeMutablePointer<Float> { floats(layout.projectionOffset) }
    /// (rows, queryWidth) elements: rotated queries.
    var queries: UnsafeMutableRawPointer { base + layout.queryOffset }
    /// (rows, heads, paddedHead) elements.
    var attention: UnsafeMutableRawPointer { base + layout.attentionOffset }
    /// (rows, intermediateWidth) elements.
    var gated: UnsafeMutableRawPointer { base + layout.gatedOffset }
    /// (batch, hiddenWidth) elements: the normalized last row of every sequence.
    var last: UnsafeMutableRawPointer { base + layout.lastOffset }
    /// (batch, logitWidth) f32.
    var logits: UnsafeMutablePointer<Float> { floats(layout.logitsOffset) }

    /// (scoreRows, scoreWidth) f32 of one worker.
    func scores(worker: Int) -> UnsafeMutablePointer<Float> {
        floats(layout.scoresOffset) + worker * layout.scoreRows * layout.scoreWidth
    }

    /// (scoreRows, scoreWidth) elements of one worker.
    func weights(worker: Int) -> UnsafeMutableRawPointer {
        base + layout.weightsOffset
            + worker * layout.scoreRows * layout.scoreWidth * layout.elementByteCount
    }

    /// (scoreRows) f32 of one worker.
    func scales(worker: Int) -> UnsafeMutablePointer<Float> {
        floats(layout.scalesOffset) + worker * layout.scoreRows.roundedUp(toMultipleOf: 16)
    }

    private func floats(_ offset: Int) -> UnsafeMutablePointer<Float> {
        (base + offset).assumingMemoryBound(to: Float.self)
    }
}
