/// On which NUMA nodes the pages of a region are placed.
package enum MemoryPolicy: Hashable, Sendable {
    /// On the node of the thread that touches a page first.
    case local
    /// Round robin, page by page, over all nodes that have memory.
    case interleave
    /// On these nodes only; allocation fails when they are full.
    case bind([Int])
    /// What is only read: a copy on every node that has threads, of which each thread reads its
    /// node's. What is written too has one place, that of `local`, as has any single region.
    case replicate

    /// Reads `local`, `interleave`, `replicate`, or `bind:` and a list of nodes as in `bind:0,1`.
    ///
    /// - Throws: `MachineError.invalidMemoryPolicy` for anything else.
    package init(parsing text: String) throws(MachineError) {
        switch text {
        case "local":
            self = .local
        case "interleave":
            self = .interleave
        case "replicate":
            self = .replicate
        case _ where text.hasPrefix("bind:"):
            // Nodes are listed as CPUs are.
            guard let nodes = try? CPUSet(parsing: String(text.dropFirst("bind:".count))) else {
                throw .invalidMemoryPolicy(text: text)
            }
            self = .bind(nodes.ids)
        default:
            throw .invalidMemoryPolicy(text: text)
        }
    }

    /// Checks that the machine has the nodes that the policy names.
    ///
    /// - Throws: `MachineError.unknownNodes` if a named node is missing or has no memory, and
    ///   `MachineError.invalidMemoryPolicy` for a bind to no node at all.
    package func validate(for topology: Topology) throws(MachineError) {
        guard case .bind(let nodes) = self else { return }
        guard !nodes.isEmpty else { throw .invalidMemoryPolicy(text: description) }
        let known = topology.memoryNodes
        let unknown = nodes.filter { !known.contains($0) }
        guard unknown.isEmpty else { throw .unknownNodes(asked: unknown, known: known) }
    }
}

extension MemoryPolicy: CustomStringConvertible {
    package var description: String {
        switch self {
        case .local: "local"
        case .interleave: "interleave"
        case .replicate: "replicate"
        case .bind(let nodes): "bind:" + nodes.map(String.init).joined(separator: ",")
        }
    }
}

extension MemoryPolicy: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        do {
            self = try MemoryPolicy(parsing: text)
        } catch {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: error.description)
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
