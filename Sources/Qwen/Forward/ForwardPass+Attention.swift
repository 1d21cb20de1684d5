internal import Kernels
internal import Machine

extension ForwardPass {
    /// Normalises and rotates queries and keys, and writes keys and values to the cache.
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
            if let norm = head < dimensions.heads ? layers[layer].queryNorm : layers[layer].keyNorm
            {
                norms.normalize(
                    numbers, weight: norm, count: width, epsilon: dimensions.epsilon, into: numbers)
            }
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

    /// Every row's attention over the cache.
    @inline(__always)
    func attend(layer: Int, _ worker: StampedWorker<some Stamping>) {
        if chunk.isPrompt {
            worker.together(.attention, layer: layer) { attendPrompts(layer: layer, $0) }
        } else {
            attendStep(layer: layer, worker)
        }
    }

    /// One key/value head at a time, so that its keys and values stay in the cache of one worker
    /// while all rows pass by.
    ///
    /// The runs of rows of heads that are left over when every worker has had as many as the others
    /// are dealt out in turn: the long ones at the end of a prompt, which see the most positions,
    /// do not all fall to one worker.
    private func attendPrompts(layer: Int, _ worker: Worker) {
        let own = dimensions.kvHeads - dimensions.kvHeads % worker.count
        var run = 0
        for segment in chunk.segments {
            for kvHead in 0..<dimensions.kvHeads {
                if kvHead < own, kvHead % worker.count != worker.index { continue }
                for first in stride(from: 0, to: segment.rowCount, by: Workspace.attentionRows) {
                    if kvHead < own || run % worker.count == worker.index {
                        attend(
                            layer: layer, segment, kvHead: kvHead, firstRow: first,
                            scratch: worker.index)
                    }
                    if kvHead >= own { run += 1 }
                }
            }
        }
    }

    /// The run of rows of a prompt that begins at `firstRow`, for all heads of a group.
    private func attend(
        layer: Int, _ segment: Chunk.Segment, kvHead: Int, firstRow: Int, scratch: Int
    ) {
        let rows = min(Workspace.attentionRows, segment.rowCount - firstRow)
        for index in 0..<dimensions.group {
            attend(
                block(
                    layer: layer, segment, kvHead: kvHead, firstRow: firstRow, rows: rows,
                    groupIndex: index, scratch: scratch))
        }
    }

    /// One key/value head of one sequence at a time: the heads of its group are the rows, they
    /// share the keys and one position.
    ///
    /// Items that are left over when every worker has had as many as the others are shared by all,
    /// if they are long enough to be worth three barriers.
    private func attendStep(layer: Int, _ worker: StampedWorker<some Stamping>) {
        let items = chunk.segments.count * dimensions.kvHeads
        let shared = sharedItems(items, workers: worker.worker.count)
        let own = items - shared
        worker.together(.attention, layer: layer) {
            for item in stride(from: $0.index, to: own, by: $0.count) {
                attend(stepBlock(layer: layer, item: item, scratch: $0.index))
            }
        }
        guard shared > 0 else { return }
        worker.together(.attentionShared, layer: layer) {
            for index in 0..<shared {
                let block = stepBlock(layer: layer, item: own + index, scratch: index)
                block.score(panels: $0.share(of: block.keyPanels.count))
            }
        }
        worker.together(.attentionShared, layer: layer) {
            guard $0.index < shared else { return }
            stepBlock(layer: layer, item: own + $0.index, scratch: $0.index).weigh()
        }
        worker.together(.attentionShared, layer: layer) {
            for index in 0..<shared {
                stepBlock(layer: layer, item: own + index, scratch: index)
                    .combine(panels: $0.share(of: headPanels.count))
            }
        }
    }

    /// Positions from which on a head is read longer than its barriers take.
    static var leastSharedPositions: Int { 256 }

    private func sharedItems(_ items: Int, workers: Int) -> Int {
        var longest = 0
        for segment in chunk.segments { longest = max(longest, segment.firstPosition + 1) }
        return longest < Self.leastSharedPositions ? 0 : items % workers
    }

    private func attend(_ block: AttentionBlock) {
        block.score(panels: block.keyPanels)
        block.weigh()
        block.combine(panels: headPanels)
    }

    /// The panels of one head's results.
    private var headPanels: Range<Int> { 0..<dimensions.paddedHead / PackedPanels.channels }

    private func stepBlock(layer: Int, item: Int, scratch: Int) -> AttentionBlock {
        block(
            layer: layer, chunk.segments[item / dimensions.kvHeads],
            kvHead: item % dimensions.kvHeads, firstRow: 0, rows: 1, groupIndex: nil,
            scratch: scratch)
    }

    /// - Parameters:
    ///   - firstRow: in the segment.
    ///   - groupIndex: which head of the group; nil takes all of them as rows of one position.
    ///   - scratch: the worker whose scores and weights are used.
    private func block(
        layer: Int, _ segment: Chunk.Segment, kvHead: Int, firstRow: Int, rows: Int,
        groupIndex: Int?, scratch: Int
    ) -> AttentionBlock {
        let layout = workspace.layout
        let position = segment.firstPosition + firstRow
        let visible = position + rows
        let row = segment.firstRow + firstRow
        let head = kvHead * dimensions.group + (groupIndex ?? 0)
        let headResultBytes = dimensions.paddedHead * layout.attentionByteCount
        let rowResultBytes = layout.attentionWidth * layout.attentionByteCount
        return AttentionBlock(
            kernels: attention,
            queries: workspace.queries + row * layout.queryRowByteCount
                + head * layout.queryHeadByteCount,
            queryStride: groupIndex == nil ? layout.queryHeadByteCount : layout.queryRowByteCount,
            rowCount: groupIndex == nil ? dimensions.group : rows,
            keys: cache.keys(layer: layer, sequence: segment.sequence, head: kvHead),
            values: cache.values(
                layer: layer, sequence: segment.sequence, head: kvHead, positions: visible),
            valueScales: cache.shape.valueScaleByteCount == 0
                ? nil
                : UnsafePointer(
                    cache.valueScales(layer: layer, sequence: segment.sequence, head: kvHead)),
            position: position,
            positionStep: groupIndex == nil ? 0 : 1,
            paddedVisible: visible.roundedUp(toMultipleOf: cache.shape.positionUnit),
            scoreScale: dimensions.scoreScale,
            scores: workspace.scores(worker: scratch),
            scoreWidth: layout.scoreWidth,
            weights: workspace.weights(worker: scratch),
            weightRowByteCount: layout.weightRowByteCount,
            scales: workspace.scales(worker: scratch),
            result: workspace.attention + row * rowResultBytes + head * headResultBytes,
            resultStride: groupIndex == nil ? headResultBytes : rowResultBytes,
            output: layout.narrowsAttention ? .storeElement : .store)
    }
}
