/// One cache and the CPUs that share it.
package struct CPUCache: Sendable, Equatable, Codable {
    /// What a cache holds.
    package enum Kind: String, Sendable, Equatable, Codable {
        case data
        case instruction
        case unified
    }

    /// 1 for the cache nearest to the core.
    package let level: Int
    package let kind: Kind
    package let byteCount: Int
    /// The online CPUs that share it.
    package let cpus: CPUSet
}
