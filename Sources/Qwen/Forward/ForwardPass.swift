internal import Kernels
internal import Machine
internal import Synchronization

/// A step through all layers, run by every worker of a pool at once.
///
/// Each worker does its share of every operator and waits for the others where the next reads what
/// they wrote: four times a layer where every worker has whole key/value heads and there are few
/// rows. All members are trivial views: a pass allocates nothing and counts no references.
struct ForwardPass {
    /// Rows up to which a worker norms and encodes what it multiplies by itself: it would wait for
    /// one that does so as long.
    static let soloRows = 2

    let dimensions: Dimensions
    /// Products with the weights of layers, and the rows that meet them.
    let linear: KernelTable
    /// The same with the output head.
    let output: KernelTable
    /// Attention to the cache.
    let attention: KernelTable
    /// Rows of f32.
    let plain: KernelTable
    let embeddingLayout: PanelLayout
    let embedding: PackedMatrix
    let head: PackedMatrix
    let finalNorm: UnsafePointer<Float>
    let layers: UnsafePointer<LayerWeights>
    let cache: BlockCache.View
    let workspace: Workspace
    /// (slots) what each sequence is rotated with.
    let rotations: UnsafeMutablePointer<Rotation>
    /// Factor of the query at each position (log-n attention), or nil.
    let queryScales: UnsafePointer<Float>?
    /// (workers) how many have done their part of the tile that begins with a worker.
    let arrivals: UnsafeMutablePointer<Atomic<Int>>
    var step: Step

    /// Runs one worker's part.
    ///
    /// All workers of the pool must call it together, and those of all ranks.
    func run(_ worker: StampedWorker<some Stamping>, _ ranks: some Reducing) {
        let layout = workspace.layout
        worker.together(.embed) { embed($0, ranks) }
        reduce(panels: layout.hiddenPanels, layer: -1, worker, ranks)
        for index in 0..<dimensions.layers {
            let layer = layers[index]
            attend(layer: index, layer, worker)
            let attended = encoded(
                workspace.attention, width: layout.attentionWidth,
                numberBytes: layout.attentionByteCount,
                encodedRowBytes: layout.encodesAttention ? layout.encodedAttentionRowBytes : nil,
                .attentionEncode, layer: index, worker)
            addToHidden(
                attended, by: layer.attentionOutput, .attentionOutput, layer: index, worker, ranks)
            let normalized = normalized(
                layer.feedForwardNorm, .feedForwardNorm, layer: index, worker)
            worker.together(.gateUp, layer: index) {
                multiply(
                    normalized, by: layer.gateUp, into: workspace.gated,
                    stride: layout.intermediateWidth * layout.gatedByteCount, .swiGLU,
                    panels: $0.share(of: layer.gateUp.panelCount, unit: 2), $0)
            }
            let gated = encoded(
                workspace.gated, width: layout.intermediateWidth,
                numberBytes: layout.gatedByteCount,
                encodedRowBytes: layout.encodesGated ? layout.encodedGatedRowBytes : nil,
                .gatedEncode, layer: index, worker)
            addToHidden(gated, by: layer.down, .down, layer: index, worker, ranks)
        }
        let computesLogits = step.computesLogits && step.wantedRows > 0
        worker.perhapsTogether(computesLogits, .finalNorm, layer: -1) { normalizeWanted($0) }
        guard computesLogits else { return }
        worker.alone(.head) { multiplyHead($0) }
    }

    /// Queries, keys, values, and the attention of all rows.
    ///
    /// Where every worker has whole key/value heads nobody waits in between: a worker reads only
    /// what it wrote itself.
    @inline(__always)
    private func attend(
        layer index: Int, _ layer: LayerWeights, _ worker: StampedWorker<some Stamping>
    ) {
        let workers = worker.worker.count
        let ownsHeads = dimensions.headPanels != nil && dimensions.kvHeads % workers == 0
        let normalized = normalized(layer.attentionNorm, .attentionNorm, layer: index, worker)
        let unit = ownsHeads ? dimensions.headPanels ?? 1 : 1
        worker.perhapsTogether(!ownsHeads, .queryKeyValue, layer: index) {
            multiply(
                normalized, by: layer.queryKeyValue, into: workspace.projection,
                stride: workspace.layout.projectionWidth * 4, .store,
                panels: $0.share(of: layer.queryKeyValue.panelCount, unit: unit), $0)
        }
        worker.perhapsTogether(!ownsHeads, .ropeCache, layer: index) {
            let heads = ownsHeads ? $0.share(of: dimensions.kvHeads) : 0..<dimensions.kvHeads
            let units = step.rowCount * heads.count
            rotateAndCache(
                layer: index, kvHeads: heads,
                units: ownsHeads ? 0..<units : $0.share(of: units))
        }
        worker.together(.attention, layer: index) {
            let heads = ownsHeads ? $0.share(of: dimensions.kvHeads) : 0..<dimensions.kvHeads
            attend(
                layer: index, kvHeads: heads, sharer: ownsHeads ? 0 : $0.index,
                sharers: ownsHeads ? 1 : $0.count, worker: $0.index)
        }
    }

    /// Rows of activations as a product reads them.
    private struct Rows {
        let base: UnsafeRawPointer
        let stride: Int
        let count: Int
    }

    private var isSolo: Bool { step.rowCount <= Self.soloRows }

    /// The residual stream as it meets weights: by each worker for itself, or by all together.
    @inline(__always)
    private func normalized(
        _ weight: UnsafePointer<Float>, _ work: ForwardOperator, layer: Int,
        _ worker: StampedWorker<some Stamping>
    ) -> Rows {
        let rowBytes = workspace.layout.normalizedRowBytes
        let isSolo = isSolo
        let target =
            isSolo ? workspace.ownRows(worker: worker.worker.index) : workspace.normalized
        worker.perhapsTogether(!isSolo, work, layer: layer) {
            for row in isSolo ? 0..<step.rowCount : $0.share(of: step.rowCount) {
                linear.normalize(
                    workspace.hidden + row * workspace.layout.hiddenWidth, weight: weight,
                    count: dimensions.hidden, epsilon: dimensions.epsilon,
                    into: target + row * rowBytes)
            }
        }
        return Rows(base: target, stride: rowBytes, count: step.rowCount)
    }

    /// Results of the operator before as they meet weights: as they are, or encoded, by each worker
    /// for itself or by all together.
    @inline(__always)
    private func encoded(
        _ results: UnsafeMutableRawPointer, width: Int, numberBytes: Int, encodedRowBytes: Int?,
        _ work: ForwardOperator, layer: Int, _ worker: StampedWorker<some Stamping>
    ) -> Rows {
        guard let encodedRowBytes else {
            return Rows(base: results, stride: width * numberBytes, count: step.rowCount)
        }
        let floats = results.assumingMemoryBound(to: Float.self)
        let isSolo = isSolo
        let target = isSolo ? workspace.ownRows(worker: worker.worker.index) : workspace.encoded
        worker.perhapsTogether(!isSolo, work, layer: layer) {
            for row in isSolo ? 0..<step.rowCount : $0.share(of: step.rowCount) {
                linear.narrow(
                    floats + row * width, scale: 1, count: width,
                    into: target + row * encodedRowBytes)
            }
        }
        return Rows(base: target, stride: encodedRowBytes, count: step.rowCount)
    }

    /// A product that is added to the residual stream: by itself, or as its ranks' sum.
    @inline(__always)
    private func addToHidden<Reducer: Reducing>(
        _ rows: Rows, by matrix: PackedMatrix, _ work: ForwardOperator, layer: Int,
        _ worker: StampedWorker<some Stamping>, _ ranks: Reducer
    ) {
        worker.perhapsTogether(Reducer.isAlone, work, layer: layer) {
            multiply(
                rows, by: matrix, into: Reducer.isAlone ? workspace.hidden : ranks.sums($0),
                stride: workspace.layout.hiddenWidth * 4, Reducer.isAlone ? .accumulate : .store,
                panels: $0.share(of: matrix.panelCount), $0)
        }
        reduce(panels: matrix.panelCount, layer: layer, worker, ranks)
    }

    /// Adds the sums of all ranks to the residual stream, each worker its columns.
    @inline(__always)
    private func reduce<Reducer: Reducing>(
        panels: Int, layer: Int, _ worker: StampedWorker<some Stamping>, _ ranks: Reducer
    ) {
        guard !Reducer.isAlone else { return }
        worker.together(.reduce, layer: layer) {
            let own = $0.share(of: panels)
            ranks.add(
                to: StreamColumns(
                    stream: workspace.hidden, stride: workspace.layout.hiddenWidth,
                    rows: step.rowCount,
                    columns: own.lowerBound * PackedPanels.channels..<own.upperBound
                        * PackedPanels.channels), $0)
        }
    }

    /// The embedding of a worker's rows; of several ranks, one has it and the others have zeros.
    @inline(__always)
    private func embed<Reducer: Reducing>(_ worker: Worker, _ ranks: Reducer) {
        let width = workspace.layout.hiddenWidth
        for row in worker.share(of: step.rowCount) {
            let stream = workspace.hidden + row * width
            let channel = Int(step.tokens[row]) - dimensions.firstToken
            if Reducer.isAlone {
                unpackEmbedding(channel, into: stream)
                continue
            }
            stream.update(repeating: 0, count: width)
            let sums = ranks.sums(worker) + row * width
            sums.update(repeating: 0, count: width)
            if 0..<dimensions.vocabulary ~= channel { unpackEmbedding(channel, into: sums) }
        }
    }

    private func unpackEmbedding(_ channel: Int, into row: UnsafeMutablePointer<Float>) {
        embeddingLayout.unpack(
            channel: channel, of: embedding.panels, depth: dimensions.hidden, into: row)
    }

    /// The final norm of the rows whose logits are wanted.
    private func normalizeWanted(_ worker: Worker) {
        let layout = workspace.layout
        for entry in step.entries {
            for (index, row) in entry.wanted.enumerated() {
                let wanted = entry.firstLogits + index
                guard wanted % worker.count == worker.index else { continue }
                output.normalize(
                    workspace.hidden + (entry.firstRow + row) * layout.hiddenWidth,
                    weight: finalNorm, count: dimensions.hidden, epsilon: dimensions.epsilon,
                    into: workspace.last + wanted * layout.normalizedRowBytes)
            }
        }
    }

    /// The logits of a worker's panels, and the largest of each row among them.
    private func multiplyHead(_ worker: Worker) {
        let layout = workspace.layout
        let panels = worker.share(of: head.panelCount)
        multiply(
            Rows(
                base: workspace.last, stride: layout.normalizedRowBytes, count: step.wantedRows),
            by: head, into: workspace.logits, stride: layout.logitWidth * 4, .store,
            with: output, panels: panels, worker)
        let first = panels.lowerBound * PackedPanels.channels
        let end = min(panels.upperBound * PackedPanels.channels, dimensions.vocabulary)
        for row in 0..<step.wantedRows {
            let logits = workspace.logits + row * layout.logitWidth
            workspace.largest(row: row)[worker.index] = Int32(
                end > first
                    ? first + plain.indexOfLargest(logits + first, count: end - first) : -1)
        }
    }

    /// Which way int4 weights go follows from the rows: given tokens meet them widened, others do
    /// not, whatever else is in the step.
    @inline(__always)
    private func multiply(
        _ rows: Rows,
        by matrix: PackedMatrix,
        into result: UnsafeMutableRawPointer,
        stride resultStride: Int,
        _ output: Product.Output,
        with kernels: KernelTable? = nil,
        panels: Range<Int>,
        _ worker: Worker
    ) {
        let kernels = kernels ?? linear
        let given = kernels.widens ? min(step.givenRows, rows.count) : 0
        @inline(__always)
        func multiply(_ part: Range<Int>, widens: Bool) {
            guard !part.isEmpty else { return }
            let product = Product(
                activations: rows.base + part.lowerBound * rows.stride,
                activationStride: rows.stride, rows: part.count, panels: matrix.panels,
                result: result + part.lowerBound * resultStride, resultStride: resultStride,
                output: output, bias: matrix.bias,
                scratch: workspace.scratch(worker: worker.index), widensWeights: widens)
            kernels.multiply(product, panels: panels)
        }
        multiply(0..<given, widens: true)
        multiply(given..<rows.count, widens: false)
    }
}
