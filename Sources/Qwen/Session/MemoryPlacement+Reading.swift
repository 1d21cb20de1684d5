internal import Machine

extension MemoryPlacement {
    /// Asks the kernel where the weights and some other regions lie.
    init(of weights: WeightCopies, others: [String: MemoryRegion], _ execution: Execution) {
        var reader = PlacementReader(memoryNodes: execution.topology.memoryNodes)
        var copies: [[Int: Int]] = []
        var regions: [String: [Int: Int]] = [:]
        var shares: [Share] = []
        for weights in weights.copies {
            let bytes = reader.nodeBytes(weights.bytes, region: weights.region)
            copies.append(bytes ?? [:])
            if let bytes { regions["weights", default: [:]].merge(bytes, uniquingKeysWith: +) }
        }
        for (name, region) in others {
            regions[name] = reader.nodeBytes(region.bytes, region: region)
        }
        let refusal = (weights.copies.compactMap(\.region) + others.values)
            .compactMap(\.policyRefusal).first
        let workers = execution.pool.workerCount
        switch execution.policy {
        case .local where execution.pinRefusal != nil:
            break
        case .local:
            let first = weights.copies[0]
            let pages = reader.pages(first.bytes)
            for worker in 0..<workers {
                guard let pages else { break }
                let node = execution.node(ofWorker: worker)
                let parts = first.layout.share(worker: worker, of: workers)
                    .map(pages.wholePages)
                shares.append(
                    Share(
                        thread: worker, node: node,
                        bytes: parts.reduce(0) { $0 + $1.count },
                        localBytes: parts.reduce(0) { sum, part in
                            sum + (node.flatMap { pages.nodeBytes(in: part)[$0] } ?? 0)
                        }))
            }
        case .replicate:
            for worker in 0..<workers {
                let node = execution.node(ofWorker: worker)
                let copy = weights.indices[worker]
                shares.append(
                    Share(
                        thread: worker, node: node,
                        bytes: weights.copies[copy].layout.byteCount,
                        localBytes: node.flatMap { copies[copy][$0] } ?? 0))
            }
        case .interleave, .bind:
            break
        }
        self.init(
            policy: execution.policy, memoryNodes: execution.topology.memoryNodes,
            regions: regions, shares: shares, unknown: reader.unknown,
            refused: refusal.map { "mbind: \($0)" })
    }
}

/// Asks where pages lie, and remembers why that could not be told.
private struct PlacementReader {
    let memoryNodes: [Int]
    private(set) var unknown: String?

    init(memoryNodes: [Int]) {
        self.memoryNodes = memoryNodes
    }

    mutating func pages(_ bytes: UnsafeRawBufferPointer) -> PagePlacement? {
        do {
            return try PagePlacement(of: bytes)
        } catch {
            // With memory on one node, nothing depends on the answer.
            if memoryNodes.count > 1 { unknown = error.description }
            return nil
        }
    }

    /// The bytes on each node: page by page, or of the mapping as a whole, or on the only node.
    mutating func nodeBytes(
        _ bytes: UnsafeRawBufferPointer, region: MemoryRegion?
    ) -> [Int: Int]? {
        do {
            return try PagePlacement(of: bytes).nodeBytes
        } catch {
            if let only = memoryNodes.first, memoryNodes.count == 1 { return [only: bytes.count] }
            if let found = region?.nodeBytes() { return found }
            unknown = error.description
            return nil
        }
    }
}
