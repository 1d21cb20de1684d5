internal import Kernels
internal import Machine

/// One chunk of rows through all layers, run by every worker of a pool at once.
///
/// Each worker does its share of every step and waits for the others where the next step reads
/// what they wrote. All members are trivial views: a pass allocates nothing and counts no
/// references.
struct ForwardPass {
    let dimensions: Dimensions
    /// Products with the weights of layers, and the rows that meet them.
    let linear: KernelTable
    /// The same with the output head.
    let output: KernelTable
    /// Products with the KV cache.
    let attention: KernelTable
    let embeddingLayout: PanelLayout
    let cacheLayout: PanelLayout
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
        let hiddenStride = layout.hiddenWidth * 4

        embed(worker)
        worker.barrier()
        for index in 0..<dimensions.layers {
            let layer = layers[index]
            normalize(layer.attentionNorm, worker)
            worker.barrier()
            multiply(
                normalized, by: layer.queryKeyValue, into: workspace.projection,
                stride: layout.projectionWidth * 4, .store, worker)
            worker.barrier()
            rotateAndCache(layer: index, worker)
            worker.barrier()
            attend(layer: index, worker)
            worker.barrier()
            multiply(
                inputs(
                    workspace.attention, width: layout.attentionWidth,
                    numberBytes: layout.attentionByteCount,
                    encodedRowBytes: layout.encodesAttention
                        ? layout.encodedAttentionRowBytes : nil, worker),
                by: layer.attentionOutput, into: workspace.hidden, stride: hiddenStride,
                .accumulate, worker)
            worker.barrier()
            normalize(layer.feedForwardNorm, worker)
            worker.barrier()
            multiply(
                normalized, by: layer.gateUp, into: workspace.gated,
                stride: layout.intermediateWidth * layout.gatedByteCount, .swiGLU, unit: 2,
                worker)
            worker.barrier()
            multiply(
                inputs(
                    workspace.gated, width: layout.intermediateWidth,
                    numberBytes: layout.gatedByteCount,
                    encodedRowBytes: layout.encodesGated ? layout.encodedGatedRowBytes : nil,
                    worker),
                by: layer.down, into: workspace.hidden, stride: hiddenStride, .accumulate, worker)
            worker.barrier()
        }
        normalizeLast(worker)
        guard chunk.endsInput else { return }
        worker.barrier()
        multiply(
            Rows(base: workspace.last, stride: layout.normalizedRowBytes, count: sequences.count),
            by: head, into: workspace.logits, stride: layout.logitWidth * 4, .store,
            with: output, worker)
    }

    /// Rows of activations as a product reads them.
    private struct Rows {
        let base: UnsafeRawPointer
        let stride: Int
        let count: Int
    }

    private var normalized: Rows {
        Rows(
            base: workspace.normalized, stride: workspace.layout.normalizedRowBytes,
            count: chunk.rowCount)
    }

    /// Results of the step before as they meet weights: as they are, or encoded by all workers.
    private func inputs(
        _ results: UnsafeMutableRawPointer, width: Int, numberBytes: Int, encodedRowBytes: Int?,
        _ worker: Worker
    ) -> Rows {
        guard let encodedRowBytes else {
            return Rows(base: results, stride: width * numberBytes, count: chunk.rowCount)
        }
        let floats = results.assumingMemoryBound(to: Float.self)
        for row in worker.share(of: chunk.rowCount) {
            linear.narrow(
                floats + row * width, scale: 1, count: width,
                into: workspace.encoded + row * encodedRowBytes)
        }
        worker.barrier()
        return Rows(base: workspace.encoded, stride: encodedRowBytes, count: chunk.rowCount)
    }

    private func embed(_ worker: Worker) {
        for row in worker.share(of: chunk.rowCount) {
            embeddingLayout.unpack(
                channel: Int(chunk.tokens[row]), of: embedding.panels, depth: dimensions.hidden,
                into: workspace.hidden + row * workspace.layout.hiddenWidth)
        }
    }

    private func normalize(_ weight: UnsafePointer<Float>, _ worker: Worker) {
        let width = workspace.layout.hiddenWidth
        let rowBytes = workspace.layout.normalizedRowBytes
        for row in worker.share(of: chunk.rowCount) {
            linear.normalize(
                workspace.hidden + row * width, weight: weight, count: dimensions.hidden,
                epsilon: dimensions.epsilon, into: workspace.normalized + row * rowBytes)
        }
    }

    /// The final norm of the rows whose logits are wanted, one for each sequence that ends here.
    private func normalizeLast(_ worker: Worker) {
        let width = workspace.layout.hiddenWidth
        let rowBytes = workspace.layout.normalizedRowBytes
        for segment in chunk.segments where segment.endsInput {
            guard segment.sequence % worker.count == worker.index else { continue }
            let row = segment.firstRow + segment.rowCount - 1
            output.normalize(
                workspace.hidden + row * width, weight: finalNorm, count: dimensions.hidden,
                epsilon: dimensions.epsilon, into: workspace.last + segment.sequence * rowBytes)
        }
    }

    @inline(__always)
    private func multiply(
        _ rows: Rows,
        by matrix: PackedMatrix,
        into result: UnsafeMutableRawPointer,
        stride resultStride: Int,
        _ output: Product.Output,
        unit: Int = 1,
        with kernels: KernelTable? = nil,
        _ worker: Worker
    ) {
        // Prompts always, single tokens never: a prompt has the same logits alone and in a batch.
        let scratch = chunk.isPrompt ? workspace.scratch(worker: worker.index) : nil
        let product = Product(
            activations: rows.base, activationStride: rows.stride, rows: rows.count,
            panels: matrix.panels, result: result, resultStride: resultStride,
            output: output, bias: matrix.bias,
            scratch: scratch)
        (kernels ?? linear).multiply(
            product, panels: worker.share(of: matrix.panelCount, unit: unit))
    }
}
