internal import Kernels

/// The sizes of a session's two blocks of memory, known before they are allocated.
struct SessionPlan {
    /// Rows that go through the layers at a time.
    ///
    /// Enough that reading the weights costs little beside multiplying by them, and few enough that
    /// activations stay near the cores.
    static let maximumChunkRows = 512

    let cache: KVCache.Shape
    let workspace: Workspace.Layout
    let chunkRows: Int
    let keyByteCount: Int
    let cacheByteCount: Int

    /// - Throws: `QwenError.tooLarge` when a size overflows, `QwenError.cacheTooLong` for more
    ///   positions than whole numbers can be summed over.
    init(
        _ model: ModelConfiguration,
        precision: Precision,
        cache cachePrecision: CachePrecision,
        batch: Int,
        capacity: Int,
        workers: Int
    ) throws(QwenError) {
        precondition(batch > 0 && capacity > 0 && workers > 0)
        let (positions, overflow) = batch.multipliedReportingOverflow(by: capacity)
        guard !overflow, capacity < Int.max - 64 else {
            throw QwenError.tooLarge(model: model.name)
        }
        guard cachePrecision != .int8 || capacity <= Element.mostWholeDepth else {
            throw QwenError.cacheTooLong(positions: capacity, maximum: Element.mostWholeDepth)
        }
        chunkRows = max(batch, min(positions, Self.maximumChunkRows))
        cache = KVCache.Shape(
            model, element: cachePrecision.element, batch: batch, capacity: capacity)
        var arena = Arena()
        let heads = model.layerCount * model.kvHeadCount
        let panels = cache.capacity / PackedPanels.channels
        _ = arena.reserve(heads, batch, panels, cache.keyPanelByteCount)
        keyByteCount = arena.byteCount ?? 0
        _ = arena.reserve(heads, batch, cache.valueHeadByteCount)
        guard let cacheByteCount = arena.byteCount else {
            throw QwenError.tooLarge(model: model.name)
        }
        self.cacheByteCount = cacheByteCount
        workspace = try Workspace.Layout(
            model, precision: precision, cache: cachePrecision, rows: chunkRows, batch: batch,
            capacity: cache.capacity,
            workers: workers)
    }
}
