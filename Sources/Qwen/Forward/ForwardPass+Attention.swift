internal import Kernels
internal import Machine
internal import Synchronization

extension ForwardPass {
    /// Norms and rotates the queries and the key of some heads of all rows, and writes keys and values
    /// to the cache.
    ///
    /// - Parameters:
    ///   - kvHeads: whose groups the worker has.
    ///   - units: of those, which (row, head) it takes, rows outermost.
    func rotateAndCache(layer: Int, kvHeads: Range<Int>, units: Range<Int>) {
        for entry in step.entries {
            let rows = entry.firstRow..<entry.firstRow + entry.rowCount
            let first = max(units.lowerBound, rows.lowerBound * kvHeads.count)
            let end = min(units.upperBound, rows.upperBound * kvHeads.count)
            for unit in first..<max(first, end) {
                cache(
                    row: unit / kvHeads.count, of: entry,
                    kvHead: kvHeads.lowerBound + unit % kvHeads.count, layer: layer)
            }
        }
    }

    /// One group of one row: queries, then the key, then the value, as they lie in the projection.
    private func cache(row: Int, of entry: StepEntry, kvHead: Int, layer: Int) {
        let layout = workspace.layout
        let width = dimensions.headDimension
        let half = width / 2
        let numbers =
            workspace.projection + row * layout.projectionWidth
            + kvHead * (dimensions.group + 2) * width
        let position = entry.firstPosition + row - entry.firstRow
        let rotation = rotations[entry.slot]
        let angle = Int(step.positions[row]) * half
        let norms = layers[layer]
        for head in 0...dimensions.group {
            if let norm = head < dimensions.group ? norms.queryNorm : norms.keyNorm {
                plain.normalize(
                    numbers + head * width, weight: norm, count: width,
                    epsilon: dimensions.epsilon, into: numbers + head * width)
            }
            attention.rotate(
                numbers + head * width, cosine: rotation.cosine + angle,
                sine: rotation.sine + angle, half: half)
        }
        let scale = queryScales.map { $0[position] } ?? 1
        let queries = queries(kvHead: kvHead, row: row)
        for head in 0..<dimensions.group {
            attention.narrow(
                numbers + head * width, scale: scale, count: width,
                into: queries + head * layout.queryHeadByteCount)
        }
        let block = cache.table(slot: entry.slot)[position / CacheBlock.positions]
        let key = numbers + dimensions.group * width
        cache.shape.block.store(
            key: key, value: key + width, position: position % CacheBlock.positions,
            isLast: row == entry.firstRow + entry.rowCount - 1,
            in: cache.arena(kvHead: kvHead, layer: layer)
                + Int(block) * cache.shape.block.byteCount)
    }

    /// (step rows, group) rows of rotated queries of one key/value head, from one row on.
    @inline(__always)
    private func queries(kvHead: Int, row: Int) -> UnsafeMutableRawPointer {
        workspace.queries
            + (kvHead * workspace.layout.rows + row) * dimensions.group
            * workspace.layout.queryHeadByteCount
    }

    /// A sharer's part of the attention of all rows to some heads.
    func attend(layer: Int, kvHeads: Range<Int>, sharer: Int, sharers: Int, worker: Int) {
        let deal = AttentionDeal(
            step.entries, group: dimensions.group, kvHeads: kvHeads, sharers: sharers)
        deal.forEach(sharer: sharer) { attend(to: $0, layer: layer, worker: worker) }
    }

    private func attend(to unit: AttentionDeal.Unit, layer: Int, worker: Int) {
        guard let split = unit.split else {
            let state = workspace.attentionState(worker: worker)
            attend(to: unit, blocks: unit.blocks, layer: layer, worker: worker, into: state)
            finish(state, of: unit)
            return
        }
        for first in stride(
            from: unit.blocks.lowerBound, to: unit.blocks.upperBound, by: Attention.spanBlocks)
        {
            let blocks = first..<min(first + Attention.spanBlocks, unit.blocks.upperBound)
            attend(
                to: unit, blocks: blocks, layer: layer, worker: worker,
                into: workspace.spanState(
                    worker: split.first, span: first / Attention.spanBlocks))
        }
        let arrivals = arrivals + split.first
        let arrived = arrivals.pointee.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
        guard arrived == split.sharers else { return }
        arrivals.pointee.store(0, ordering: .relaxed)
        let whole = workspace.spanState(worker: split.first, span: 0)
        let spans = (split.blockCount + Attention.spanBlocks - 1) / Attention.spanBlocks
        for span in 1..<spans {
            attention.merge(
                workspace.spanState(worker: split.first, span: span), into: whole,
                rows: unit.rows.count)
        }
        finish(whole, of: unit)
    }

    private func attend(
        to unit: AttentionDeal.Unit, blocks: Range<Int>, layer: Int, worker: Int,
        into state: AttentionState
    ) {
        let entry = step.entries[unit.entry]
        let visible = workspace.visible(worker: worker)
        let own = workspace.own(worker: worker)
        for (index, row) in unit.rows.enumerated() {
            let token = row / dimensions.group
            let seen = entry.isMasked ? entry.rowCount : token + 1
            visible[index] = UInt32(entry.firstPosition + seen)
            if entry.isMasked { own[index] = step.own[entry.firstRow + token] }
        }
        attention.attend(
            Attention(
                queries: queries(kvHead: unit.kvHead, row: entry.firstRow)
                    + unit.rows.lowerBound * workspace.layout.queryHeadByteCount,
                queryStride: workspace.layout.queryHeadByteCount,
                rows: unit.rows.count, depth: dimensions.headDimension,
                arena: cache.arena(kvHead: unit.kvHead, layer: layer),
                blockStride: cache.shape.block.byteCount,
                blocks: cache.table(slot: entry.slot), range: blocks, visible: visible,
                own: entry.isMasked ? UnsafePointer(own) : nil, ownFirst: entry.firstPosition,
                scale: dimensions.scoreScale, state: state,
                scratch: workspace.attentionScratch(worker: worker)))
    }

    /// Writes the results of a tile to where the output product reads them.
    private func finish(_ state: AttentionState, of unit: AttentionDeal.Unit) {
        let layout = workspace.layout
        let firstRow = step.entries[unit.entry].firstRow
        let kernels = layout.narrowsAttention ? attention : plain
        for (index, row) in unit.rows.enumerated() {
            let head = unit.kvHead * dimensions.group + row % dimensions.group
            let place =
                (firstRow + row / dimensions.group) * layout.attentionWidth
                + head * dimensions.paddedHead
            kernels.narrow(
                state.results + index * state.resultWidth, scale: 1 / state.sums[index],
                count: state.resultWidth,
                into: workspace.attention + place * layout.attentionByteCount)
        }
    }
}
