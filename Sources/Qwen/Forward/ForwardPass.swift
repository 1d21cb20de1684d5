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
    /// Norms of heads, in f32.
    let norms: KernelTable
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
    func run(_ worker: StampedWorker<some Stamping>) {
        let layout = workspace.layout
        worker.together(.embed) { embed($0) }
        for index in 0..<dimensions.layers {
            let layer = layers[index]
            worker.together(.attentionNorm, layer: index) { normalize(layer.attentionNorm, $0) }
            worker.together(.queryKeyValue, layer: index) {
                multiply(
                    normalized, by: layer.queryKeyValue, into: workspace.projection,
                    stride: layout.projectionWidth * 4, .store, $0)
            }
            worker.together(.ropeCache, layer: index) { rotateAndCache(layer: index, $0) }
            attend(layer: index, worker)
            let attended = inputs(
                workspace.attention, width: layout.attentionWidth,
                numberBytes: layout.attentionByteCount,
                encodedRowBytes: layout.encodesAttention ? layout.encodedAttentionRowBytes : nil,
                .attentionEncode, layer: index, worker)
            worker.together(.attentionOutput, layer: index) {
                addToHidden(attended, by: layer.attentionOutput, $0)
            }
            worker.together(.feedForwardNorm, layer: index) {
                normalize(layer.feedForwardNorm, $0)
            }
            worker.together(.gateUp, layer: index) {
                multiply(
                    normalized, by: layer.gateUp, into: workspace.gated,
                    stride: layout.intermediateWidth * layout.gatedByteCount, .swiGLU, unit: 2, $0)
            }
            let gated = inputs(
                workspace.gated, width: layout.intermediateWidth,
                numberBytes: layout.gatedByteCount,
                encodedRowBytes: layout.encodesGated ? layout.encodedGatedRowBytes : nil,
                .gatedEncode, layer: index, worker)
            worker.together(.down, layer: index) { addToHidden(gated, by: layer.down, $0) }
        }
        guard chunk.endsInput else {
            worker.alone(.finalNorm) { normalizeLast($0) }
            return
        }
        worker.together(.finalNorm) { normalizeLast($0) }
        worker.alone(.head) {
            multiply(
                Rows(
                    base: workspace.last, stride: layout.normalizedRowBytes,
                    count: sequences.count),
                by: head, into: workspace.logits, stride: layout.logitWidth * 4, .store,
                with: output, $0)
        }
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
    @inline(__always)
    private func inputs(
        _ results: UnsafeMutableRawPointer, width: Int, numberBytes: Int, encodedRowBytes: Int?,
        _ work: ForwardOperator, layer: Int, _ worker: StampedWorker<some Stamping>
    ) -> Rows {
        guard let encodedRowBytes else {
            return Rows(base: results, stride: width * numberBytes, count: chunk.rowCount)
        }
        let floats = results.assumingMemoryBound(to: Float.self)
        worker.together(work, layer: layer) {
            for row in $0.share(of: chunk.rowCount) {
                linear.narrow(
                    floats + row * width, scale: 1, count: width,
                    into: workspace.encoded + row * encodedRowBytes)
            }
        }
        return Rows(base: workspace.encoded, stride: encodedRowBytes, count: chunk.rowCount)
    }

    private func addToHidden(_ rows: Rows, by matrix: PackedMatrix, _ worker: Worker) {
        multiply(
            rows, by: matrix, into: workspace.hidden, stride: workspace.layout.hiddenWidth * 4,
            .accumulate, worker)
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
