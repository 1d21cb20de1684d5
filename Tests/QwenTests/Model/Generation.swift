import Kernels
import Machine
import Qwen

/// A model on a pool of its own, for tests.
struct Generation {
    let model: Model

    init(
        _ configuration: ModelConfiguration,
        source: any TensorSource,
        precision: Precision = .f32,
        cache: CachePrecision? = nil,
        instructionSet: InstructionSet = .best,
        threads: Int = 1
    ) throws {
        let topology = try Topology.read()
        model = try Model(
            configuration,
            source: source,
            precision: precision,
            cache: cache,
            execution: Execution(
                pool: Self.pool(threads: threads, topology),
                instructionSet: instructionSet,
                policy: .local,
                topology: topology),
            availableBytes: nil)
    }

    init(model: Model) {
        self.model = model
    }

    /// A packed file on one thread.
    init(_ file: PackedModelFile) throws {
        let topology = try Topology.read()
        model = try Model(
            file,
            execution: Execution(
                pool: Self.pool(threads: 1, topology), instructionSet: .best, policy: .local,
                topology: topology),
            availableBytes: nil)
    }

    /// Pinned threads of their own; from three on, which there may be no CPUs for, threads that share
    /// them as the scheduler likes.
    static func pool(threads: Int, _ topology: Topology) throws -> WorkerPool {
        try WorkerPool(
            placement: threads > 2
                ? .unpinned(threads: threads)
                : Placement.choose(
                    threads: threads, cpus: nil, topology: topology,
                    limits: ResourceLimits.current()))
    }

    /// The logits that choose each of `count` tokens after every prompt, all prompts in one batch.
    ///
    /// - Parameters:
    ///   - forced: the tokens to go on with; the greedy ones where nil.
    /// - Returns: (prompt, token) tokens and logits.
    func run(
        _ prompts: [[Int32]], count: Int, forced: [[Int32]]? = nil
    ) throws -> [[(token: Int32, logits: [Float])]] {
        let longest = prompts.map(\.count).max() ?? 0
        let session = try Session(
            model: model, batch: prompts.count, capacity: longest + count, availableBytes: nil)
        session.start(promptLengths: prompts.map(\.count))
        Array(prompts.joined()).withUnsafeBufferPointer { session.stagePrompts($0) }
        var results: [[(token: Int32, logits: [Float])]] = prompts.map { _ in [] }
        for step in 0..<count {
            session.forward()
            for sequence in prompts.indices {
                results[sequence].append(
                    (try session.greedyToken(sequence), Array(session.logits(sequence))))
            }
            guard step + 1 < count else { break }
            let next = prompts.indices.map { forced?[$0][step] ?? results[$0][step].token }
            next.withUnsafeBufferPointer { session.stageTokens($0) }
        }
        return results
    }
}
