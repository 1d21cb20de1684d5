package import Machine

/// On which NUMA nodes the memory of a model and its session lies, and whether the policy asked
/// for that.
///
/// Under `local`, each thread's share are the panels of weights that it multiplies. Of KV cache and
/// scratch each thread touches first what it has of the key/value heads, its own scratch, and its
/// share of the rest, under `replicate` too. Under `replicate`, each thread reads all of its node's
/// copy.
package struct MemoryPlacement: Codable, Equatable, Sendable {
    /// What one thread reads of the weights.
    package struct Share: Codable, Equatable, Sendable {
        package let thread: Int
        /// The node on which the thread is pinned; nil if it is not.
        package let node: Int?
        /// Bytes of the share; under `local`, of pages that no other thread has a part of.
        package let bytes: Int
        /// Those that lie on the thread's node.
        package let localBytes: Int

        package init(thread: Int, node: Int?, bytes: Int, localBytes: Int) {
            self.thread = thread
            self.node = node
            self.bytes = bytes
            self.localBytes = localBytes
        }

        private enum CodingKeys: String, CodingKey {
            case thread, node, bytes
            case localBytes = "local_bytes"
        }
    }

    package let policy: MemoryPolicy
    /// The nodes of the machine that have memory.
    package let memoryNodes: [Int]
    /// Bytes on each node of `weights` (of several copies together), `kv_cache` and `scratch`.
    package let regions: [String: [Int: Int]]
    /// Of every thread, under `local` and `replicate`; none where no thread may be pinned.
    package let shares: [Share]
    /// Why something above is missing; nil if nothing is.
    package let unknown: String?
    /// Why the kernel let nobody choose nodes; nil if it did, or was not asked.
    package let refused: String?

    package init(
        policy: MemoryPolicy, memoryNodes: [Int], regions: [String: [Int: Int]], shares: [Share],
        unknown: String? = nil, refused: String? = nil
    ) {
        self.policy = policy
        self.memoryNodes = memoryNodes
        self.regions = regions
        self.shares = shares
        self.unknown = unknown
        self.refused = refused
    }

    private enum CodingKeys: String, CodingKey {
        case policy, regions, shares, unknown, refused
        case memoryNodes = "memory_nodes"
    }

    /// How far from even the nodes may be under `interleave`.
    private static let evenness = 0.05
    /// The largest page: no region can be more even than that.
    private static let largestPageBytes = 2 << 20
    /// The part of a share that may lie elsewhere: a node that is full gives a page from another.
    private static let strayPart = 0.01

    /// In what the policy was not obeyed, one line each; empty if it was, as far as is known.
    ///
    /// A machine with memory on one node obeys every policy.
    package var violations: [String] {
        guard memoryNodes.count > 1 else { return [] }
        guard let refused else { return misplaced }
        // Where nobody can look either, there is nothing to believe in.
        return unknown == nil ? misplaced.map { "\($0) (\(refused))" } : ["\(policy): \(refused)"]
    }

    private var misplaced: [String] {
        switch policy {
        case .local, .replicate:
            return shares.compactMap(violation)
        case .interleave:
            return eachRegion { bytes in
                let even = Double(bytes.values.reduce(0, +)) / Double(memoryNodes.count)
                let tolerance = max(even * Self.evenness, Double(Self.largestPageBytes))
                return memoryNodes.allSatisfy { abs(Double(bytes[$0] ?? 0) - even) <= tolerance }
            }
        case .bind(let nodes):
            return eachRegion { bytes in
                bytes.allSatisfy { nodes.contains($0.key) || $0.value == 0 }
            }
        }
    }

    private func violation(_ share: Share) -> String? {
        guard let node = share.node else {
            return "\(policy): thread \(share.thread) is not pinned, so nothing is local to it"
        }
        let stray = share.bytes - share.localBytes
        guard Double(stray) > Double(share.bytes) * Self.strayPart else { return nil }
        return "\(policy): \(stray) of \(share.bytes) bytes of the weights of thread "
            + "\(share.thread) are not on its node \(node)"
    }

    private func eachRegion(_ isObeyed: ([Int: Int]) -> Bool) -> [String] {
        regions.sorted { $0.key < $1.key }.filter { !isObeyed($0.value) }.map {
            name, bytes in
            let found = bytes.sorted { $0.key < $1.key }.map { "\($0.value) on node \($0.key)" }
            return "\(policy): bytes of \(name) lie " + found.joined(separator: ", ")
        }
    }
}
