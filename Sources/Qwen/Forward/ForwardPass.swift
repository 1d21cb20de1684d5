internal import Kernels
internal import Machine

/// One chunk of rows through all layers, run by every worker of a pool at once.
///
/// Each worker does its share of every step and waits for the others where the next step reads
/// what they wrote. All members are trivial views: a pass allocates nothing and counts no
/// references.
struct ForwardPass {
    let dimensions: Dimensions
    let kernels: KernelTable
    let panelLayout: PanelLayout
    let embedding: PackedMatrix
    let head: PackedMatrix
    let finalNorm: UnsafePointer<Float>
    let layers: UnsafePointer<LayerWeights>
    let cache: KVCache
    let workspace: Workspace
    let sequences: UnsafeMutableBufferPointer<SequenceState>
    /// Factor of the query at each position (log-n attention), or nil.
    let queryScales: UnsafePointer<Float>?
    var chunk: Chunk

    /// Runs one worker's part.
    ///
    /// All workers of the pool must call it together.
    func run(_ worker: Worker) {
        let layout = workspace.layout
        let element = layout.elementByteCount
        let rows = chunk.rowCount

        embed(worker)
        worker.barrier()
        for index in 0..<dimensions.layers {
            let layer = layers[index]
            normalize(layer.attentionNorm, worker)
            worker.barrier()
            multiply(
                workspace.normalized, stride: layout.hiddenWidth * element, rows: rows,
                by: layer.queryKeyValue, into: workspace.projection,
                stride: layout.projectionWidth * 4, .store, worker)
            worker.barrier()
            rotateAndCache(layer: index, worker)
            worker.barrier()
            attend(layer: index, worker)
            worker.barrier()
            multiply(
                workspace.attention, stride: layout.attentionWidth * element, rows: rows,
                by: layer.attentionOutput, into: workspace.hidden,
                stride: layout.hiddenWidth * 4, .accumulate, worker)
            worker.barrier()
            normalize(layer.feedForwardNorm, worker)
            worker.barrier()
            multiply(
                workspace.normalized, stride: layout.hiddenWidth * element, rows: rows,
                by: layer.gateUp, into: workspace.gated,
                stride: layout.intermediateWidth * element, .swiGLU, unit: 2, worker)
            worker.barrier()
            multiply(
                workspace.gated, stride: layout.intermediateWidth * element, rows: rows,
                by: layer.down, into: workspace.hidden,
                stride: layout.hiddenWidth * 4, .accumulate, worker)
            worker.barrier()
        }
        normalizeLast(worker)
        guard chunk.endsInput else { return }
        worker.barrier()
        multiply(
            workspace.last, stride: layout.hiddenWidth * element, rows: sequences.count,
            by: head, into: workspace.logits, stride: layout.logitWidth * 4, .store, worker)
    }

    private func embed(_ worker: Worker) {
        for row in worker.share(of: chunk.rowCount) {
            panelLayout.unpack(
                channel: Int(chunk.tokens[row]), of: embedding.panels, depth: dimensions.hidden,
                into: workspace.hidden + row * workspace.layout.hiddenWidth)
        }
    }

    private func normalize(_ weight: UnsafePointer<Float>, _ worker: Worker) {
        let width = workspace.layout.hiddenWidth
        let rowBytes = width * workspace.layout.elementByteCount
        for row in worker.share(of: chunk.rowCount) {
            kernels.normalize(
                workspace.hidden + row * width, weight: weight, count: dimensions.hidden,
                epsilon: dimensions.epsilon, into: workspace.normalized + row * rowBytes)
        }
    }

    /// The final norm of the rows whose logits are wanted, one for each sequence that ends here.
    private func normalizeLast(_ worker: Worker) {
        let width = workspace.layout.hiddenWidth
        let rowBytes = width * workspace.layout.elementByteCount
        for segment in chunk.segments where segment.endsInput {
            guard segment.sequence % worker.count == worker.index else { continue }
            let row = segment.firstRow + segment.rowCount - 1
            kernels.normalize(
                workspace.hidden + row * width, weight: finalNorm, count: dimensions.hidden,
                epsilon: dimensions.epsilon, into: workspace.last + segment.sequence * rowBytes)
        }
    }

    @inline(__always)
    private func multiply(
        _ activations: UnsafeRawPointer,
        stride activationStride: Int,
        rows: Int,
        by matrix: PackedMatrix,
        into result: UnsafeMutableRawPointer,
        stride resultStride: Int,
        _ output: Product.Output,
        unit: Int = 1,
        _ worker: Worker
    ) {
        let product = Product(
            activations: activations, activationStride: activationStride, rows: rows,
            panels: matrix.panels, result: result, resultStride: resultStride,
            output: output, bias: matrix.bias)
        kernels.multiply(product, panels: worker.share(of: matrix.panelCount, unit: unit))
    }
}
