internal import Kernels

/// The bytes a model and a session will take, computed from shapes alone.
package struct MemoryEstimate: Sendable, Equatable {
    package let weightBytes: Int
    package let kvCacheBytes: Int
    package let scratchBytes: Int

    package init(weightBytes: Int, kvCacheBytes: Int, scratchBytes: Int) {
        self.weightBytes = weightBytes
        self.kvCacheBytes = kvCacheBytes
        self.scratchBytes = scratchBytes
    }

    /// - Parameters:
    ///   - cache: precision of the KV cache; the one that belongs to `precision` unless given.
    ///   - batch: sequences at once.
    ///   - capacity: positions of each sequence: input and output together.
    ///   - weightCopies: `Model.weightCopies`.
    /// - Throws: `QwenError.tooLarge` when a size overflows; `QwenError.cacheTooLong`.
    package init(
        _ model: ModelConfiguration,
        precision: Precision,
        cache: CachePrecision? = nil,
        batch: Int,
        capacity: Int,
        workers: Int,
        weightCopies: Int = 1
    ) throws(QwenError) {
        let plan = try SessionPlan(
            model, precision: precision, cache: cache ?? precision.defaultCache, batch: batch,
            capacity: capacity, workers: workers)
        let (bytes, overflow) = try WeightLayout(model, precision: precision).byteCount
            .multipliedReportingOverflow(by: weightCopies)
        guard !overflow else { throw .tooLarge(model: model.name) }
        weightBytes = bytes
        kvCacheBytes = plan.cache.byteCount
        scratchBytes = plan.workspace.byteCount
    }

    package var totalBytes: Int { weightBytes + kvCacheBytes + scratchBytes }
}
