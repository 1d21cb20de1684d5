internal import Kernels
internal import Machine
internal import Synchronization

/// A model with memory for sequences: runs steps of any mixture of prompts, chosen tokens and drafts
/// through all layers.
///
/// A sequence lives in a slot: `admit` it, let steps add to it, `truncate`, `fork` or `release` it.
/// A step is put together with `add` and run with `run`; then `logits` hold those that were wanted.
/// Only `init`, `admit` and `reserve` allocate. Not thread-safe: one thread drives it, the pool's
/// workers help.
final class InferenceCore {
    let model: Model
    let plan: SessionPlan
    let cache: BlockCache
    let cacheRegion: MemoryRegion
    let workspaceRegion: MemoryRegion
    let buffer: StepBuffer

    /// One for each copy of the weights, and which of them each worker runs.
    private let passes: UnsafeMutableBufferPointer<ForwardPass>
    private let passOfWorker: UnsafeMutableBufferPointer<Int>
    private let body: @Sendable (Worker) -> Void
    private var recorder: SpanRecorder?
    private var recordingBody: (@Sendable (Worker) -> Void)?
    private let rotations: UnsafeMutableBufferPointer<Rotation>
    private let queryScales: UnsafeMutablePointer<Float>?
    private let arrivals: UnsafeMutableBufferPointer<Atomic<Int>>
    private var rotaryTables: [RotaryTable] = []
    private let capacity: Int
    private let meeting: RankMeeting?

    /// - Parameter meeting: where the model's ranks meet, opened for the plan; nil for a model in one
    ///   process.
    /// - Throws: `MachineError` when the memory cannot be mapped.
    init(
        model: Model, plan: SessionPlan, slots: Int, capacity: Int, meeting: RankMeeting? = nil
    ) throws {
        precondition((model.share == nil) == (meeting == nil), "ranks meet, and nobody else")
        self.meeting = meeting
        self.model = model
        self.plan = plan
        self.capacity = capacity
        let configuration = model.configuration
        let workers = model.execution.pool.workerCount
        cacheRegion = try model.execution.region(byteCount: plan.cache.byteCount)
        workspaceRegion = try model.execution.region(byteCount: plan.workspace.byteCount)
        let workspace = Workspace(layout: plan.workspace, base: workspaceRegion.base)
        try Self.prefault(
            cacheRegion, workspaceRegion, plan.workspace, on: model.execution.pool)
        cache = BlockCache(plan.cache, base: cacheRegion.base)
        buffer = StepBuffer(rows: plan.stepRows, entries: slots, wanted: plan.wantedRows)

        queryScales = Self.queryScales(configuration, positions: capacity)
        arrivals = .allocate(capacity: workers)
        for index in 0..<workers { arrivals.initializeElement(at: index, to: Atomic(0)) }
        rotations = .allocate(capacity: slots)
        passes = .allocate(capacity: model.weights.copies.count)
        passOfWorker = .allocate(capacity: model.weights.indices.count)
        _ = passOfWorker.initialize(fromContentsOf: model.weights.indices)
        guard let rotation = rotations.baseAddress, let arrival = arrivals.baseAddress else {
            preconditionFailure("a core has a slot and a worker")
        }
        for (index, weights) in model.weights.copies.enumerated() {
            passes.initializeElement(
                at: index,
                to: ForwardPass(
                    dimensions: Dimensions(
                        configuration, firstToken: model.vocabulary.lowerBound),
                    linear: model.linear,
                    output: model.output,
                    attention: model.attention,
                    plain: model.plain,
                    embeddingLayout: PanelLayout(model.precision.head),
                    embedding: weights.embedding,
                    head: weights.head,
                    finalNorm: weights.finalNorm,
                    layers: weights.layers,
                    cache: cache.view,
                    workspace: workspace,
                    rotations: rotation,
                    queryScales: queryScales.map { UnsafePointer($0) },
                    arrivals: arrival,
                    step: buffer.step))
        }
        body = Self.body(passes, passOfWorker, meeting?.view) { _ in NoStamps() }
        let table = rotaryTable(promptLength: capacity)
        rotations.initialize(repeating: Rotation(table))
    }

    deinit {
        passes.deallocate()
        passOfWorker.deallocate()
        rotations.deallocate()
        arrivals.deinitialize()
        arrivals.deallocate()
        queryScales?.deallocate()
    }

    /// Begins a sequence.
    ///
    /// - Parameters:
    ///   - promptLength: what a model whose rotation depends on it takes it for.
    ///   - blocks: that hold its first positions already, rotated as a prompt of that length is.
    /// - Throws: `QwenError.unknownSlot`, `.slotInUse`.
    func admit(
        slot: Int, promptLength: Int, beginning blocks: [UInt32] = []
    ) throws(QwenError) {
        try cache.admit(slot: slot, beginning: blocks)
        rotations[slot] = Rotation(rotaryTable(promptLength: promptLength))
    }

    /// Whether a sequence is rotated as one with a prompt of that length is.
    func rotates(slot: Int, asPromptOf promptLength: Int) -> Bool {
        rotations[slot].cosine == UnsafePointer(rotaryTable(promptLength: promptLength).cosine)
    }

    /// Positions filled of a slot that was admitted.
    func length(slot: Int) -> Int {
        inOrder { () throws(QwenError) in try cache.length(slot: slot) }
    }

    /// Does what cannot fail because whoever asks keeps the order of things and has room.
    func inOrder<Result>(_ work: () throws(QwenError) -> Result) -> Result {
        do {
            return try work()
        } catch {
            preconditionFailure("\(error)")
        }
    }

    /// Begins a sequence with the first positions of another.
    ///
    /// - Throws: `QwenError.unknownSlot`, `.slotInUse`, `.positionsOutOfOrder`.
    func fork(slot: Int, to other: Int, positions: Int) throws(QwenError) {
        try cache.fork(slot: slot, to: other, positions: positions)
        rotations[other] = rotations[slot]
    }

    /// Adds tokens of a sequence to the step, behind the positions that it has.
    ///
    /// - Parameters:
    ///   - wanted: which of their logits are wanted, counted from the first token.
    ///   - isGiven: false for tokens that were chosen or supposed; those that are given come first.
    ///   - positions, own: as `StepBuffer.add` has them.
    /// - Returns: the number of the first logits.
    /// - Throws: `QwenError.unknownSlot`, `.cacheFull`, `.stepFull`, `.slotInStep`,
    ///   `.givenAfterChosen`, `.maskTooWide`, `.tokenWithoutRow`; the step is as it was.
    @discardableResult
    func add(
        slot: Int, tokens: UnsafeBufferPointer<Int32>, wanted: Range<Int>, isGiven: Bool,
        positions: [Int32]? = nil, own: [UInt64]? = nil
    ) throws(QwenError) -> Int {
        try model.whole.checkRows(of: tokens)
        let first = try cache.length(slot: slot)
        try cache.reserve(slot: slot, upTo: first + tokens.count)
        return try buffer.add(
            slot: slot, tokens: tokens, firstPosition: first, wanted: wanted, isGiven: isGiven,
            positions: positions, own: own)
    }

    /// Runs the step through all layers, and begins another one.
    ///
    /// - Parameter computesLogits: false leaves those that are wanted to a later step, so that the
    ///   head is read once for all.
    func run(computesLogits: Bool = true) {
        buffer.setComputesLogits(computesLogits)
        for index in passes.indices { passes[index].step = buffer.step }
        if let recorder, let recordingBody {
            recorder.beginPass()
            model.execution.pool.run(recordingBody)
            recorder.endPass()
        } else {
            model.execution.pool.run(body)
        }
        for entry in buffer.step.entries {
            cache.fill(slot: entry.slot, upTo: entry.firstPosition + entry.rowCount)
        }
        buffer.clear()
    }

    /// Records what the workers do in every `run` from now on, or stops that.
    func record(into recorder: SpanRecorder?) {
        self.recorder = recorder
        recordingBody = nil
        guard let recorder else { return }
        recordingBody = Self.body(passes, passOfWorker, meeting?.view) { recorder.lane($0) }
    }

    /// What each worker does in `run`, compiled once for each kind of stamps and with and without
    /// ranks.
    private static func body<Stamps: Stamping>(
        _ passes: UnsafeMutableBufferPointer<ForwardPass>,
        _ passOfWorker: UnsafeMutableBufferPointer<Int>, _ ranks: Ranks?,
        stamps: @escaping @Sendable (Int) -> Stamps
    ) -> @Sendable (Worker) -> Void {
        // The pool runs the body only inside `run`, while this core is alive and its driving
        // thread waits, so the pointers are valid and what they point to is not written.
        nonisolated(unsafe) let passes = passes
        nonisolated(unsafe) let passOfWorker = passOfWorker
        guard let ranks else {
            return { worker in
                passes[passOfWorker[worker.index]].run(
                    StampedWorker(worker: worker, stamps: stamps(worker.index)), Alone())
            }
        }
        return { worker in
            passes[passOfWorker[worker.index]].run(
                StampedWorker(worker: worker, stamps: stamps(worker.index)), ranks)
        }
    }

    /// Logits of the last step for the tokens of `Model.vocabulary`: f32, free to change.
    func logits(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
        let workspace = passes[0].workspace
        return UnsafeMutableBufferPointer(
            start: workspace.logits + index * workspace.layout.logitWidth,
            count: model.configuration.vocabularySize)
    }

    /// The token with the largest of these logits, the lowest id among equals, as the workers found
    /// it, and the logit; nil where none is a number.
    ///
    /// Of several ranks, the largest of this one's part.
    func largest(_ index: Int) -> (token: Int32, logit: Float)? {
        let logits = logits(index)
        let candidates = passes[0].workspace.largest(row: index)
        var best: Int32?
        for worker in 0..<model.execution.pool.workerCount {
            let token = candidates[worker]
            // A worker without panels has none; workers have ascending ids.
            guard token >= 0, !logits[Int(token)].isNaN else { continue }
            if let found = best, logits[Int(token)] <= logits[Int(found)] { continue }
            best = token
        }
        return best.map { (Int32(model.vocabulary.lowerBound) + $0, logits[Int($0)]) }
    }

    private func rotaryTable(promptLength: Int) -> RotaryTable {
        let base = RotaryTable.base(model.configuration, promptLength: promptLength)
        if let table = rotaryTables.first(where: { $0.base == base }) { return table }
        let table = RotaryTable(
            positions: capacity, headDimension: model.configuration.headDimension,
            base: base, scaling: model.configuration.rotaryScaling)
        rotaryTables.append(table)
        return table
    }

    /// Makes all pages present, each on the node of the worker that uses it: as much of the cache as
    /// a worker has of the key/value heads, its own scratch, and its share of what all use.
    private static func prefault(
        _ cache: MemoryRegion, _ scratch: MemoryRegion, _ layout: Workspace.Layout,
        on pool: WorkerPool
    ) throws(MachineError) {
        let failure = Mutex<MachineError?>(nil)
        @Sendable func touch(_ region: MemoryRegion, _ range: Range<Int>) {
            do {
                try region.prefault(range)
            } catch {
                failure.withLock { $0 = error }
            }
        }
        pool.run { worker in
            touch(cache, worker.share(of: cache.byteCount))
            for range in layout.own(worker: worker.index) { touch(scratch, range) }
            worker.barrier()
            touch(scratch, worker.share(of: scratch.byteCount))
        }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Log-n attention of Qwen v1: the query at 1-based position p grows by
    /// log(p) / log(trainedLength) where p is beyond the trained length.
    private static func queryScales(
        _ model: ModelConfiguration, positions: Int
    ) -> UnsafeMutablePointer<Float>? {
        guard model.usesLogNAttention, let trained = model.trainedLength, trained > 1 else {
            return nil
        }
        let scales = UnsafeMutablePointer<Float>.allocate(capacity: positions)
        for position in 0..<positions {
            scales[position] = LogNAttention.scale(position: position + 1, trainedLength: trained)
        }
        return scales
    }
}
