/// The memory a point takes, in bytes, computed from the shapes.
package struct MemoryEstimate: Codable, Equatable, Sendable {
    package var weightsBytes: Int
    package var kvCacheBytes: Int
    package var scratchBytes: Int

    package init(weightsBytes: Int, kvCacheBytes: Int, scratchBytes: Int) {
        self.weightsBytes = weightsBytes
        self.kvCacheBytes = kvCacheBytes
        self.scratchBytes = scratchBytes
    }

    /// All of it; the largest integer if the sum is larger.
    package var totalBytes: Int {
        [kvCacheBytes, scratchBytes].reduce(weightsBytes) { sum, bytes in
            let (total, overflow) = sum.addingReportingOverflow(bytes)
            return overflow ? .max : total
        }
    }

    private enum CodingKeys: String, CodingKey {
        case weightsBytes = "weights_bytes"
        case kvCacheBytes = "kv_cache_bytes"
        case scratchBytes = "scratch_bytes"
    }
}
