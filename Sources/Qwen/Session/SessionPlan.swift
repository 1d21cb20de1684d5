internal import Kernels

/// The sizes of a core's two regions of memory, known before they are allocated.
struct SessionPlan {
    /// Rows that go through the layers at a time.
    ///
    /// Enough that reading the weights costs little beside multiplying by them, and few enough that
    /// activations stay near the cores.
    static let maximumStepRows = 512

    let cache: BlockCache.Shape
    let workspace: Workspace.Layout
    let stepRows: Int
    /// Rows whose logits are wanted, at most.
    let wantedRows: Int

    /// - Parameters:
    ///   - blocks: of the cache; enough for all sequences to be full unless given.
    ///   - wanted: rows of a step whose logits are wanted; one for each sequence unless given.
    /// - Throws: `QwenError.tooLarge` when a size overflows, `QwenError.cacheTooLong` for more
    ///   positions than whole numbers can be summed over.
    init(
        _ model: ModelConfiguration,
        precision: Precision,
        cache cachePrecision: CachePrecision,
        batch: Int,
        capacity: Int,
        blocks: Int? = nil,
        wanted: Int? = nil,
        workers: Int
    ) throws(QwenError) {
        precondition(batch > 0 && capacity > 0 && workers > 0)
        let (positions, overflow) = batch.multipliedReportingOverflow(by: capacity)
        guard !overflow, capacity < Int.max - CacheBlock.positions else {
            throw QwenError.tooLarge(model: model.name)
        }
        guard cachePrecision != .int8 || capacity <= Element.mostWholeDepth else {
            throw QwenError.cacheTooLong(positions: capacity, maximum: Element.mostWholeDepth)
        }
        wantedRows = wanted ?? batch
        stepRows = max(batch, min(positions, Self.maximumStepRows))
        cache = try BlockCache.Shape(
            model, element: cachePrecision.element, slots: batch, capacity: capacity,
            blockCount: blocks)
        workspace = try Workspace.Layout(
            model, precision: precision, cache: cachePrecision, rows: stepRows, wanted: wantedRows,
            blocks: cache.slotBlocks, workers: workers)
    }
}
