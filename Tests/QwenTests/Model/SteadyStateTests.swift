import AllocationCounter
import Glibc
import Kernels
import Machine
import Qwen
import Synchronization
import Testing

/// Between the entry of a call and its end nothing is allocated and no page is missing, on any
/// thread: neither would belong to the model.
@Suite(.serialized) struct SteadyStateTests {
    /// Norms of heads, and biases too, which no family has together.
    private static let model = ModelConfiguration(
        name: "steady", architecture: .qwen3, hiddenSize: 256, layerCount: 3, headCount: 6,
        kvHeadCount: 3, headDimension: 32, intermediateSize: 512, vocabularySize: 3000,
        maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false,
        biases: .queryKeyValue)

    /// A prompt of more than one chunk in a batch of two, then steps over a shared head.
    private func run(
        precision: Precision, cache: CachePrecision, recorded: Bool = false,
        watching watch: (Model, () -> Void) -> Void
    ) throws {
        let generation = try Generation(
            Self.model, source: RandomTensorSource(Self.model, seed: 1), precision: precision,
            cache: cache, threads: 2)
        let session = try Session(
            model: generation.model, batch: 2, capacity: 440, availableBytes: nil)
        if recorded {
            let size = session.recordingSize(steps: 40)
            session.record(
                into: SpanRecorder(workers: 2, capacity: size.spans, passes: size.passes))
        }
        let prompts = (0..<2 * 400).map { Int32($0 % 3000) }
        var tokens: [Int32] = [0, 0]
        func call() {
            prompts.withUnsafeBufferPointer { session.stagePrompts($0) }
            for _ in 0..<40 {
                session.forward()
                for sequence in 0..<2 {
                    tokens[sequence] = (try? session.greedyToken(sequence)) ?? -1
                }
                tokens.withUnsafeBufferPointer { session.stageTokens($0) }
            }
        }
        // The first call may find code and stacks that were never touched.
        session.start(promptLengths: [400, 400])
        call()
        session.start(promptLengths: [400, 400])
        watch(generation.model, call)
    }

    @Test(arguments: Precision.allCases, [false, true])
    func aCallAllocatesNothing(_ precision: Precision, recorded: Bool) throws {
        let cache: CachePrecision = precision == .int8 ? .int8 : precision.defaultCache
        try run(precision: precision, cache: cache, recorded: recorded) { model, call in
            let pool = model.execution.pool
            pool.run { _ in allocation_counter_watch(true) }
            let before = allocation_counter_count()
            call()
            let after = allocation_counter_count()
            pool.run { _ in allocation_counter_watch(false) }
            #expect(after == before)
        }
    }

    @Test(arguments: [0, 20], [Float(1), 0.9])
    func aDrawAllocatesNothing(topK: Int, topP: Float) throws {
        var options = SamplingOptions()
        options.temperature = 1
        options.topK = topK
        options.topP = topP
        options.repetitionPenalty = 1.1
        options.frequencyPenalty = 0.5
        options.minP = 0.01
        options.biases = [.init(token: 7, value: 2)]
        var sampler = try Sampler(options, vocabularySize: 3000)
        var ranking = TokenHeap(vocabularySize: 3000)
        var listed: [LogProbability] = []
        listed.reserveCapacity(21)
        let logits = UnsafeMutableBufferPointer<Float>.allocate(capacity: 3000)
        defer { logits.deallocate() }
        logits.initialize(repeating: 1)
        let excluded = [1, 2]
        allocation_counter_watch(true)
        let before = allocation_counter_count()
        for _ in 0..<3 {
            listed.removeAll(keepingCapacity: true)
            try LogSoftmax(UnsafeBufferPointer(logits)).appendMostProbable(20, to: &listed)
            _ = try sampler.next(logits, ranking: &ranking, excluding: excluded)
        }
        let after = allocation_counter_count()
        allocation_counter_watch(false)
        #expect(after == before)
    }

    @Test func theCounterSeesAnAllocation() {
        allocation_counter_watch(true)
        let before = allocation_counter_count()
        let memory = UnsafeMutableRawPointer.allocate(byteCount: 100, alignment: 16)
        let after = allocation_counter_count()
        allocation_counter_watch(false)
        memory.deallocate()
        #expect(after == before + 1)
    }

    @Test(arguments: Precision.allCases)
    func aCallMeetsNoMissingPage(_ precision: Precision) throws {
        try run(precision: precision, cache: precision.defaultCache) { model, call in
            let pool = model.execution.pool
            let before = Self.pageFaults(of: pool)
            call()
            // One fault a thread may come from the measurement itself.
            #expect(Self.pageFaults(of: pool) - before <= pool.workerCount)
        }
    }

    /// Page faults so far of the pool's threads, the driving one among them.
    private static func pageFaults(of pool: WorkerPool) -> Int {
        let sum = Atomic<Int>(0)
        pool.run { _ in
            var usage = rusage()
            getrusage(RUSAGE_THREAD, &usage)
            sum.wrappingAdd(usage.ru_minflt + usage.ru_majflt, ordering: .relaxed)
        }
        return sum.load(ordering: .relaxed)
    }
}
