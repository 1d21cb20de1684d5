internal import Kernels
internal import Machine

/// Fills a block of weights from a tensor source, each worker its own panels.
///
/// `@unchecked Sendable`: workers write disjoint panels of `base`, and nothing else is shared for
/// writing.
struct WeightPacker: @unchecked Sendable {
    let model: ModelConfiguration
    let layout: WeightLayout
    let source: any TensorSource
    let base: UnsafeMutableRawPointer
    /// Called with every part of the block that no one will write again; by any worker.
    var didPack: @Sendable (Range<Int>) -> Void = { _ in }
    /// Numbers that a worker reads of the source before it gives their memory back: some MiB.
    var numbersHeld = 1 << 21

    /// Packs the panels that `worker` will multiply; worker 0 also reads biases and norms.
    func pack(share worker: Worker) {
        for matrix in layout.matrices {
            let range = worker.share(of: matrix.panelCount, unit: matrix.role.panelUnit)
            pack(matrix, panels: range)
            if worker.index == 0 {
                readBias(matrix)
            }
        }
        if worker.index == 0 {
            for vector in layout.vectors {
                source.readRow(vector.tensor, row: 0, into: floats(vector.offset, model.hiddenSize))
            }
        }
    }

    private func pack(_ matrix: WeightLayout.Matrix, panels: Range<Int>) {
        let role = matrix.role
        let sourceDepth = role.sourceDepth(model)
        let packedDepth = role.packedDepth(model)
        let rowCount = PackedPanels.channels
        let rows = UnsafeMutablePointer<Float>.allocate(capacity: rowCount * packedDepth)
        defer { rows.deallocate() }
        let panelLayout = PanelLayout(
            matrix.element, fit: source.isTrained ? .leastSquares : .range)
        var packed = panels.lowerBound
        for panel in panels {
            rows.update(repeating: 0, count: rowCount * packedDepth)
            for channel in 0..<rowCount {
                let packedRow = panel * rowCount + channel
                guard let (tensor, row) = role.source(ofRow: packedRow, model) else { continue }
                let values = rows + channel * packedDepth
                source.readRow(
                    tensor, row: row,
                    into: UnsafeMutableBufferPointer(start: values, count: sourceDepth))
                if packedDepth != sourceDepth {
                    spreadHeads(values)
                }
            }
            panelLayout.pack(
                rows: rows,
                rowCount: rowCount,
                rowStride: packedDepth,
                depth: packedDepth,
                stepCount: matrix.stepCount,
                into: base + matrix.offset + panel * matrix.panelByteCount)
            let next = panel + 1
            if (next - packed) * rowCount * sourceDepth >= numbersHeld
                || next == panels.upperBound
            {
                release(matrix, panels: packed..<next)
                packed = next
            }
        }
    }

    /// Gives back what these panels were made from, and says that they are done.
    private func release(_ matrix: WeightLayout.Matrix, panels: Range<Int>) {
        let rowCount = PackedPanels.channels
        var rows: [TensorRole: Range<Int>] = [:]
        for packedRow in panels.lowerBound * rowCount..<panels.upperBound * rowCount {
            guard let (tensor, row) = matrix.role.source(ofRow: packedRow, model) else { continue }
            rows[tensor] = (rows[tensor]?.lowerBound ?? row)..<row + 1
        }
        for (tensor, rows) in rows { source.release(tensor, rows: rows) }
        let start = matrix.offset + panels.lowerBound * matrix.panelByteCount
        didPack(start..<start + panels.count * matrix.panelByteCount)
    }

    /// Moves the heads of one row apart, from `headDimension` to `paddedHeadDimension` numbers
    /// each, last head first, and zeroes the gaps.
    private func spreadHeads(_ row: UnsafeMutablePointer<Float>) {
        let width = model.headDimension
        let padded = model.paddedHeadDimension
        for head in (0..<model.headCount).reversed() {
            let target = row + head * padded
            target.update(from: row + head * width, count: width)
            (target + width).update(repeating: 0, count: padded - width)
        }
    }

    private func readBias(_ matrix: WeightLayout.Matrix) {
        guard let offset = matrix.biasOffset, case .queryKeyValue(let layer) = matrix.role else {
            return
        }
        let query = model.queryWidth
        let keyValue = model.keyValueWidth
        let bias = floats(offset, matrix.panelCount * PackedPanels.channels)
        bias.update(repeating: 0)
        let tensors: [(TensorRole, Range<Int>)] = [
            (.queryBias(layer: layer), 0..<query),
            (.keyBias(layer: layer), query..<query + keyValue),
            (.valueBias(layer: layer), query + keyValue..<query + 2 * keyValue),
        ]
        for (tensor, range) in tensors {
            source.readRow(
                tensor, row: 0, into: UnsafeMutableBufferPointer(rebasing: bias[range]))
        }
    }

    private func floats(_ offset: Int, _ count: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(
            start: (base + offset).assumingMemoryBound(to: Float.self), count: count)
    }
}
