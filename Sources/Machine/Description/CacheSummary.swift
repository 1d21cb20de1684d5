/// All caches of one kind and size together.
package struct CacheSummary: Sendable, Equatable, Codable {
    /// 1 for the caches nearest to the cores.
    package let level: Int
    package let kind: CPUCache.Kind
    /// The size of each.
    package let byteCount: Int
    /// How many there are.
    package let instances: Int

    /// Counts the caches that agree in level, kind and size, in their order.
    static func summaries(of caches: [CPUCache]) -> [CacheSummary] {
        var summaries: [CacheSummary] = []
        for cache in caches {
            let index = summaries.firstIndex {
                ($0.level, $0.kind, $0.byteCount) == (cache.level, cache.kind, cache.byteCount)
            }
            let summary = CacheSummary(
                level: cache.level, kind: cache.kind, byteCount: cache.byteCount,
                instances: 1 + (index.map { summaries[$0].instances } ?? 0))
            if let index {
                summaries[index] = summary
            } else {
                summaries.append(summary)
            }
        }
        return summaries
    }
}
