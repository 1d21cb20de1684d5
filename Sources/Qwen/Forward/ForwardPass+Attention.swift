internal import Kernels
internal import Machine

// Attention as two products against the cache, with a softmax between them:
// scores = Q · Kᵀ, weights = softmax(scores / √d) over the positions a row may see, out = weights · V.
extension ForwardPass {
    /// Rotates queries and keys, and writes keys and values to the cache.
    ///
    /// One unit of work is one head of one row: a decode step of one sequence still has enough of
    /// them to share.
    func rotateAndCache(layer: Int, _ worker: Worker) {
        let unitsPerRow = dimensions.heads + 2 * dimensions.kvHeads
        let units = worker.share(of: chunk.rowCount * unitsPerRow)
        guard !units.isEmpty else { return }
        var unit = units.lowerBound
        for segment in chunk.segments {
            let segmentEnd = (segment.firstRow + segment.rowCount) * unitsPerRow
            while unit < min(segmentEnd, units.upperBound) {
                let row = unit / unitsPerRow
                cache(
                    head: unit % unitsPerRow, row: row, layer: layer, sequence: segment.sequence,
                    position: segment.firstPosition + row - segment.firstRow)
                unit += 1
            }
        }
    }

    /// Heads are counted through queries, then keys, then values, as they lie in a row.
    private func cache(head: Int, row: Int, layer: Int, sequence: Int, position: Int) {
        let layout = workspace.layout
        let width = dimensions.headDimension
        let half = width / 2
        let numbers = workspace.projection + row * layout.projectionWidth + head * width
        let state = sequences[sequence]
        if head < dimensions.heads + dimensions.kvHeads {
            attention.rotate(
                numbers, cosine: state.cosine + position * half, sine: state.sine + position * half,
                half: half)
        }
        if head < dimensions.heads {
            attention.narrow(
                numbers, scale: queryScales.map { $0[position] } ?? 1, count: width,
                into: workspace.queries + row * layout.queryRowByteCount
                    + head * layout.queryHeadByteCount)
        } else if head < dimensions.heads + dimensions.kvHeads {
            cacheLayout.storeKey(
                numbers, depth: width, position: position,
                in: cache.keys(layer: layer, sequence: sequence, head: head - dimensions.heads))
        } else {
            let kvHead = head - dimensions.heads - dimensions.kvHeads
            let scale = cacheLayout.storeValue(
                numbers, depth: width, position: position,
                in: cache.values(
                    layer: layer, sequence: sequence, head: kvHead, positions: position + 1))
            if cache.shape.valueScaleByteCount > 0 {
                cache.valueScales(layer: layer, sequence: sequence, head: kvHead)[position] = scale
            }
        }
    }

    /// Every row's attention over the cache, one key/value head and one run of rows at a time.
    ///
    /// Items are dealt out in turn, so that the long ones at the end of a prompt, which see the
    /// most positions, do not all fall to one worker.
    func attend(layer: Int, _ worker: Worker) {
        var item = 0
        for segment in chunk.segments {
            for first in stride(from: 0, to: segment.rowCount, by: Workspace.attentionRows) {
                for kvHead in 0..<dimensions.kvHeads {
                    if item % worker.count == worker.index {
                        attend(
                            layer: layer, segment: segment, firstRow: first, kvHead: kvHead,
                            worker.index)
                    }
                    item += 1
                }
            }
        }
    }

    private func attend(
        layer: Int, segment: Chunk.Segment, firstRow: Int, kvHead: Int, _ worker: Int
    ) {
        let layout = workspace.layout
        let rows = min(Workspace.attentionRows, segment.rowCount - firstRow)
        let position = segment.firstPosition + firstRow
        let head = CachedHead(
            keys: cache.keys(layer: layer, sequence: segment.sequence, head: kvHead),
            values: cache.values(
                layer: layer, sequence: segment.sequence, head: kvHead,
                positions: position + rows),
            valueScales: cache.shape.valueScaleByteCount == 0
                ? nil
                : UnsafePointer(
                    cache.valueScales(layer: layer, sequence: segment.sequence, head: kvHead)))
        let row = segment.firstRow + firstRow
        let firstHead = kvHead * dimensions.group
        let queries =
            workspace.queries + row * layout.queryRowByteCount
            + firstHead * layout.queryHeadByteCount
        let result =
            workspace.attention
            + (row * layout.attentionWidth + firstHead * dimensions.paddedHead)
            * layout.attentionByteCount

        if rows == 1 {
            // The heads of the group are the rows: they share the keys, and one position.
            attend(
                queries, stride: layout.queryHeadByteCount, rows: dimensions.group,
                head, position: position, positionStep: 0,
                into: result, stride: dimensions.paddedHead * layout.attentionByteCount, worker)
        } else {
            for index in 0..<dimensions.group {
                attend(
                    queries + index * layout.queryHeadByteCount,
                    stride: layout.queryRowByteCount, rows: rows,
                    head, position: position, positionStep: 1,
                    into: result + index * dimensions.paddedHead * layout.attentionByteCount,
                    stride: layout.attentionWidth * layout.attentionByteCount, worker)
            }
        }
    }

    /// One head's part of the cache.
    private struct CachedHead {
        let keys: PackedPanels
        /// Of the positions that are visible, in whole panels or blocks.
        let values: PackedPanels
        /// int8: what each value is to be multiplied by.
        let valueScales: UnsafePointer<Float>?
    }

    /// Rows of queries against one head's cache; row r sees positions up to
    /// `position + r · positionStep`.
    private func attend(
        _ queries: UnsafeRawPointer,
        stride queryStride: Int,
        rows: Int,
        _ head: CachedHead,
        position: Int,
        positionStep: Int,
        into result: UnsafeMutableRawPointer,
        stride resultStride: Int,
        _ worker: Int
    ) {
        let layout = workspace.layout
        let scores = workspace.scores(worker: worker)
        let weights = workspace.weights(worker: worker)
        let scales = workspace.scales(worker: worker)
        let visible = position + (rows - 1) * positionStep + 1
        let paddedVisible = visible.roundedUp(toMultipleOf: cache.shape.positionUnit)

        attention.multiply(
            Product(
                activations: queries, activationStride: queryStride, rows: rows, panels: head.keys,
                result: scores, resultStride: layout.scoreWidth * 4, output: .store),
            panels: 0..<paddedVisible / PackedPanels.channels)
        let panels = 0..<dimensions.paddedHead / PackedPanels.channels
        let weightStride = layout.weightRowParts * layout.weightRowByteCount
        func product(_ part: Int, _ output: Product.Output) -> Product {
            Product(
                activations: weights + part * layout.weightRowByteCount,
                activationStride: weightStride, rows: rows, panels: head.values, result: result,
                resultStride: resultStride, output: output, rowScale: scales)
        }
        for row in 0..<rows {
            let count = position + row * positionStep + 1
            let rowScores = scores + row * layout.scoreWidth
            let rowWeights = weights + row * weightStride
            if let valueScales = head.valueScales {
                scales[row] = attention.softmax(
                    rowScores, count: count, paddedCount: count, scale: dimensions.scoreScale,
                    into: rowScores)
                attention.split(
                    rowScores, scales: valueScales, count: count, paddedCount: paddedVisible,
                    into: rowWeights, rowByteCount: layout.weightRowByteCount)
            } else {
                scales[row] = attention.softmax(
                    rowScores, count: count, paddedCount: paddedVisible,
                    scale: dimensions.scoreScale, into: rowWeights)
            }
        }
        if head.valueScales == nil {
            attention.multiply(
                product(0, layout.narrowsAttention ? .storeElement : .store), panels: panels)
        } else {
            attention.multiply(product(0, .store), panels: panels)
            attention.multiply(product(1, .accumulate), panels: panels)
        }
    }
}
