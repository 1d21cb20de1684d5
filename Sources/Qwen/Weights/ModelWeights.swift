internal import Kernels
internal import Machine

/// A model's packed weights in one block of memory, and views of each.
///
/// The block is never written once this exists, so views of it may be read from any thread.
final class ModelWeights: @unchecked Sendable {
    let embedding: PackedMatrix
    let head: PackedMatrix
    /// (hidden) f32.
    let finalNorm: UnsafePointer<Float>
    /// `layerCount` layers.
    let layers: UnsafePointer<LayerWeights>
    /// Where the block lies; nil if it is a mapped file.
    let region: MemoryRegion?
    let layout: WeightLayout
    /// All of it.
    let bytes: UnsafeRawBufferPointer

    /// Keeps the block in memory.
    private let owner: AnyObject
    private let ownedLayers: UnsafeMutableBufferPointer<LayerWeights>

    /// Packs every tensor of `source` into a region.
    ///
    /// Each worker packs the panels it will multiply, so that the first touch puts them on its own
    /// NUMA node.
    ///
    /// - Precondition: the region is at least as large as the layout.
    /// - Throws: `QwenError.weightsNotFinite`.
    convenience init(
        _ model: ModelConfiguration,
        layout: WeightLayout,
        source: any TensorSource,
        pool: WorkerPool,
        region: MemoryRegion
    ) throws(QwenError) {
        precondition(region.byteCount >= layout.byteCount, "the region is smaller than the weights")
        let packer = WeightPacker(
            model: model, layout: layout, source: source, base: region.base)
        try packer.pack(on: pool)
        self.init(layout: layout, base: region.base, region: region, owner: region)
    }

    /// Copies packed weights into a region, each worker the panels that it will multiply.
    ///
    /// - Precondition: the region is at least as large as the weights.
    convenience init(copying weights: ModelWeights, pool: WorkerPool, region: MemoryRegion) {
        let layout = weights.layout
        precondition(region.byteCount >= layout.byteCount, "the region is smaller than the weights")
        guard let source = weights.bytes.baseAddress else {
            preconditionFailure("a model has weights")
        }
        let copier = WeightCopier(layout: layout, source: source, target: region.base)
        pool.run { worker in
            copier.copy(share: worker)
        }
        self.init(layout: layout, base: region.base, region: region, owner: region)
    }

    /// Takes the weights of a packed file as they lie there.
    convenience init(_ file: PackedModelFile) {
        self.init(layout: file.layout, base: file.weights, region: nil, owner: file)
    }

    private init(
        layout: WeightLayout, base: UnsafeMutableRawPointer, region: MemoryRegion?,
        owner: AnyObject
    ) {
        self.region = region
        self.layout = layout
        bytes = UnsafeRawBufferPointer(start: base, count: layout.byteCount)
        self.owner = owner
        func matrix(_ matrix: WeightLayout.Matrix) -> PackedMatrix {
            PackedMatrix(
                panels: PackedPanels(
                    base: base + matrix.offset,
                    panelStride: matrix.panelByteCount,
                    stepCount: matrix.stepCount),
                panelCount: matrix.panelCount,
                bias: matrix.biasOffset.map {
                    UnsafePointer((base + $0).assumingMemoryBound(to: Float.self))
                })
        }
        func vector(_ vector: WeightLayout.Vector) -> UnsafePointer<Float> {
            UnsafePointer((base + vector.offset).assumingMemoryBound(to: Float.self))
        }
        embedding = matrix(layout.embedding)
        head = matrix(layout.head)
        finalNorm = vector(layout.finalNorm)
        ownedLayers = .allocate(capacity: layout.layers.count)
        for (index, layer) in layout.layers.enumerated() {
            ownedLayers.initializeElement(
                at: index,
                to: LayerWeights(
                    attentionNorm: vector(layer.attentionNorm),
                    queryNorm: layer.queryNorm.map(vector),
                    keyNorm: layer.keyNorm.map(vector),
                    queryKeyValue: matrix(layer.queryKeyValue),
                    attentionOutput: matrix(layer.attentionOutput),
                    feedForwardNorm: vector(layer.feedForwardNorm),
                    gateUp: matrix(layer.gateUp),
                    down: matrix(layer.down)))
        }
        guard let first = ownedLayers.baseAddress else {
            preconditionFailure("a model has at least one layer")
        }
        layers = UnsafePointer(first)
    }

    deinit {
        ownedLayers.deallocate()
    }
}
