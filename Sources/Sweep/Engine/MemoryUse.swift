/// What a point really took, as the operating system counts it, in bytes; nil where it does not tell.
package struct MemoryUse: Codable, Equatable, Sendable {
    /// The most that the process held since the point was prepared, mapped files included.
    package var peakResidentBytes: Int?
    /// How much of the weights lies on huge pages.
    package var weightsHugePageBytes: Int?
    /// What of weights, KV cache and scratch lies on which NUMA node: by name of the region, then by
    /// number of the node.
    package var nodeBytes: [String: [String: Int]]?

    package init(peakResidentBytes: Int?) {
        self.peakResidentBytes = peakResidentBytes
    }

    private enum CodingKeys: String, CodingKey {
        case peakResidentBytes = "peak_resident_bytes"
        case weightsHugePageBytes = "weights_huge_page_bytes"
        case nodeBytes = "node_bytes"
    }
}
