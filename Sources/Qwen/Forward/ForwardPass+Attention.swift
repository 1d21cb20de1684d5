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
            let column = row * layout.queryWidth + head * width
            attention.narrow(
                numbers, scale: queryScales.map { $0[position] } ?? 1, count: width,
                into: workspace.queries + column * layout.elementByteCount)
        } else if head < dimensions.heads + dimensions.kvHeads {
            cacheLayout.storeKey(
                numbers, depth: width, position: position,
                in: cache.keys(layer: layer, sequence: sequence, head: head - dimensions.heads))
        } else {
            let kvHead = head - dimensions.heads - dimensions.kvHeads
            cacheLayout.storeValue(
                numbers, depth: width, position: position,
                in: cache.values(
                    layer: layer, sequence: sequence, head: kvHead, positions: position + 1))
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
        let element = layout.elementByteCount
        let rows = min(Workspace.attentionRows, segment.rowCount - firstRow)
        let position = segment.firstPosition + firstRow
        let visible = position + rows
        let keys = cache.keys(layer: layer, sequence: segment.sequence, head: kvHead)
        let values = cache.values(
            layer: layer, sequence: segment.sequence, head: kvHead, positions: visible)
        let row = segment.firstRow + firstRow
        let firstHead = kvHead * dimensions.group
        let queries =
            workspace.queries
            + (row * layout.queryWidth + firstHead * dimensions.headDimension) * element
        let result =
            workspace.attention
            + (row * layout.attentionWidth + firstHead * dimensions.paddedHead)
            * layout.resultByteCount

        if rows == 1 {
            // The heads of the group are the rows: they share the keys, and one position.
            attend(
                queries, stride: dimensions.headDimension * element, rows: dimensions.group,
                keys: keys, values: values, position: position, positionStep: 0,
                into: result, stride: dimensions.paddedHead * layout.resultByteCount, worker)
        } else {
            for head in 0..<dimensions.group {
                attend(
                    queries + head * dimensions.headDimension * element,
                    stride: layout.queryWidth * element, rows: rows,
                    keys: keys, values: values, position: position, positionStep: 1,
                    into: result + head * dimensions.paddedHead * layout.resultByteCount,
                    stride: layout.attentionWidth * layout.resultByteCount, worker)
            }
        }
    }

    /// Rows of queries against one head's cache; row r sees positions up to
    /// `position + r · positionStep`.
    private func attend(
        _ queries: UnsafeRawPointer,
        stride queryStride: Int,
        rows: Int,
        keys: PackedPanels,
        values: PackedPanels,
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
        let paddedVisible = visible.roundedUp(toMultipleOf: PackedPanels.channels)

        attention.multiply(
            Product(
                activations: queries, activationStride: queryStride, rows: rows, panels: keys,
                result: scores, resultStride: layout.scoreWidth * 4, output: .store),
            panels: 0..<paddedVisible / PackedPanels.channels)
        for row in 0..<rows {
            let column = row * layout.scoreWidth
            scales[row] = attention.softmax(
                scores + column, count: position + row * positionStep + 1,
                paddedCount: paddedVisible, scale: dimensions.scoreScale,
                into: weights + column * layout.elementByteCount)
        }
        attention.multiply(
            Product(
                activations: weights, activationStride: layout.scoreWidth * layout.elementByteCount,
                rows: rows, panels: values, result: result, resultStride: resultStride,
                output: layout.encodes ? .store : .storeElement, rowScale: scales),
            panels: 0..<dimensions.paddedHead / PackedPanels.channels)
    }
}
