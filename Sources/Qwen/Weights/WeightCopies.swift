internal import Machine

/// A model's weights, or as many copies of them as the memory policy asks for, and which worker
/// reads which.
struct WeightCopies: Sendable {
    /// At least one.
    let copies: [ModelWeights]
    /// The copy that each worker reads.
    let indices: [Int]

    var byteCount: Int { copies.count * copies[0].layout.byteCount }

    /// Packs the tensors of `source` where the policy wants them.
    ///
    /// - Throws: `MachineError` when the memory cannot be mapped; `QwenError.weightsNotFinite`.
    init(
        _ model: ModelConfiguration, layout: WeightLayout, source: any TensorSource,
        execution: Execution
    ) throws {
        let nodes = execution.copyNodes
        let first = try ModelWeights(
            model, layout: layout, source: source, pool: execution.pool,
            region: try Self.region(layout, node: nodes[0], execution))
        try self.init(first: first, nodes: nodes, execution)
    }

    /// Takes the weights of a packed file as they lie in the page cache, or copies them to where
    /// the policy wants them.
    ///
    /// They are copied unless they are known to lie there already, as on a machine with memory on
    /// one node they do: the page cache keeps a page on the node of whoever read it first.
    ///
    /// - Throws: `MachineError` when the memory cannot be mapped.
    init(_ file: PackedModelFile, execution: Execution) throws(MachineError) {
        let mapped = ModelWeights(file)
        let nodes = execution.copyNodes
        if nodes == [nil] {
            let asItLies = WeightCopies(
                copies: [mapped], indices: Array(repeating: 0, count: execution.pool.workerCount))
            let placement = MemoryPlacement(of: asItLies, others: [:], execution)
            if placement.unknown == nil, placement.violations.isEmpty {
                self = asItLies
                return
            }
        }
        let first = ModelWeights(
            copying: mapped, pool: execution.pool,
            region: try Self.region(file.layout, node: nodes[0], execution))
        try self.init(first: first, nodes: nodes, execution)
    }

    /// Copies `first`, which lies on the first of the nodes, to the others.
    private init(
        first: ModelWeights, nodes: [Int?], _ execution: Execution
    ) throws(MachineError) {
        var copies = [first]
        for node in nodes.dropFirst() {
            copies.append(
                ModelWeights(
                    copying: first, pool: execution.pool,
                    region: try Self.region(first.layout, node: node, execution)))
        }
        // A thread without a node, or on one without memory, reads the first copy.
        let indices = (0..<execution.pool.workerCount).map { worker in
            execution.node(ofWorker: worker).flatMap { nodes.firstIndex(of: $0) } ?? 0
        }
        self.init(copies: copies, indices: indices)
    }

    private init(copies: [ModelWeights], indices: [Int]) {
        self.copies = copies
        self.indices = indices
    }

    /// Memory for one copy: on this node, or under the policy if nil.
    private static func region(
        _ layout: WeightLayout, node: Int?, _ execution: Execution
    ) throws(MachineError) -> MemoryRegion {
        if let node {
            return try MemoryRegion(
                byteCount: layout.byteCount, policy: .bind([node]), topology: execution.topology)
        }
        let region = try execution.region(byteCount: layout.byteCount)
        if execution.policy == .local {
            region.useSmallPages(around: borders(layout, execution))
        }
        return region
    }

    /// Where the share of a worker begins and that of one on another node ends.
    private static func borders(_ layout: WeightLayout, _ execution: Execution) -> [Int] {
        let count = execution.pool.workerCount
        return (0..<count).flatMap { worker -> [Int] in
            let previous = (worker + count - 1) % count
            guard execution.node(ofWorker: worker) != execution.node(ofWorker: previous) else {
                return []
            }
            return layout.share(worker: worker, of: count).map(\.lowerBound)
        }
    }
}
