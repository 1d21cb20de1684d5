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
    /// Where a weight is no number.
    private let faults = FirstFault()
    private let biases: Set<TensorRole>
    /// Called with every part of the block that no one will write again; by any worker.
    private let didPack: @Sendable (Range<Int>) -> Void
    /// Numbers that a worker reads of the source before it gives their memory back: some MiB.
    private let numbersHeld: Int

    init(
        model: ModelConfiguration, layout: WeightLayout, source: any TensorSource,
        base: UnsafeMutableRawPointer,
        didPack: @escaping @Sendable (Range<Int>) -> Void = { _ in }, numbersHeld: Int = 1 << 21
    ) {
        self.model = model
        self.layout = layout
        self.source = source
        self.base = base
        self.didPack = didPack
        self.numbersHeld = numbersHeld
        biases = Set((0..<model.layerCount).flatMap { model.biases.roles(layer: $0) })
    }

    /// Packs everything, each worker its own panels.
    ///
    /// - Throws: `QwenError.weightsNotFinite` for a NaN or an infinity among the weights,
    ///   `.weightTooLarge`.
    func pack(on pool: WorkerPool) throws(QwenError) {
        pool.run { worker in pack(share: worker) }
        guard let fault = faults.first else { return }
        let place = source.place(of: fault.tensor, row: fault.row)
        throw fault.isNumber
            ? .weightTooLarge(tensor: place, column: fault.column)
            : .weightsNotFinite(tensor: place, column: fault.column)
    }

    /// Packs the panels that `worker` will multiply; worker 0 also reads biases and norms.
    private func pack(share worker: Worker) {
        for matrix in layout.matrices {
            pack(
                matrix,
                panels: layout.panels(of: matrix, worker: worker.index, of: worker.count))
            if worker.index == 0 {
                readBias(matrix)
            }
        }
        if worker.index == 0 {
            for vector in layout.vectors {
                let values = floats(vector.offset, vector.tensor.shape(model).columns)
                source.readRow(vector.tensor, row: 0, into: values)
                check(UnsafeBufferPointer(values), vector.tensor, row: 0)
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
        // What int4 fits a group by are sums of squares.
        let limit: Float = matrix.element == .int4 ? 0x1p60 : .greatestFiniteMagnitude
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
                check(
                    UnsafeBufferPointer(start: values, count: sourceDepth), tensor, row: row,
                    limit: limit)
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

    /// Puts each number of the biases where the product with its row lies; zeros where a tensor has
    /// none, and beside the rows.
    private func readBias(_ matrix: WeightLayout.Matrix) {
        guard let offset = matrix.biasOffset else { return }
        let bias = floats(offset, matrix.panelCount * PackedPanels.channels)
        var tensors: [TensorRole: [Float]] = [:]
        for packedRow in bias.indices {
            guard let (tensor, row) = matrix.role.source(ofRow: packedRow, model),
                let role = tensor.bias
            else {
                bias[packedRow] = 0
                continue
            }
            let values = tensors[role] ?? read(role)
            tensors[role] = values
            bias[packedRow] = values[row]
        }
    }

    /// A vector of the source; zeros if the model has no such bias.
    private func read(_ role: TensorRole) -> [Float] {
        var values = [Float](repeating: 0, count: role.shape(model).columns)
        guard biases.contains(role) else { return values }
        values.withUnsafeMutableBufferPointer { source.readRow(role, row: 0, into: $0) }
        values.withUnsafeBufferPointer { check($0, role, row: 0) }
        return values
    }

    private func check(
        _ values: UnsafeBufferPointer<Float>, _ tensor: TensorRole, row: Int,
        limit: Float = .greatestFiniteMagnitude
    ) {
        guard let column = values.first(beyond: limit) else { return }
        faults.note(tensor, row: row, column: column, isNumber: values[column].isFinite)
    }

    private func floats(_ offset: Int, _ count: Int) -> UnsafeMutableBufferPointer<Float> {
        UnsafeMutableBufferPointer(
            start: (base + offset).assumingMemoryBound(to: Float.self), count: count)
    }
}
