internal import Kernels
package import Machine

/// A batch of sequences decoded in lock-step: their KV cache, their activations, their positions.
///
/// A generation is `start`, then `stagePrompts` and `forward` once, then `stageTokens` and
/// `forward` for every further token; after each `forward`, `logits` hold the next token's. A prompt
/// that begins as the last sequence did can go on from there (`start(promptLength:keeping:)`). Only
/// `init` and `start` allocate. Not thread-safe: one thread drives it, the pool's workers help.
package final class Session {
    package let model: Model
    package let batch: Int
    /// Positions each sequence has room for.
    package let capacity: Int
    /// Bytes of KV cache and of scratch.
    package let kvCacheBytes: Int
    package let scratchBytes: Int

    private let cacheRegion: MemoryRegion
    private let workspaceRegion: MemoryRegion
    private let plan: SessionPlan
    /// One for each copy of the weights, and which of them each worker runs.
    private let passes: UnsafeMutableBufferPointer<ForwardPass>
    private let passOfWorker: UnsafeMutableBufferPointer<Int>
    private let body: @Sendable (Worker) -> Void
    private var recorder: SpanRecorder?
    private var recordingBody: (@Sendable (Worker) -> Void)?
    private let sequences: UnsafeMutableBufferPointer<SequenceState>
    private let queryScales: UnsafeMutablePointer<Float>?
    private var rotaryTables: [RotaryTable] = []
    private var promptChunks: ChunkBuffer
    private let stepChunk: ChunkBuffer
    private var staged: ChunkBuffer?

    /// - Parameters:
    ///   - batch: sequences at once, at least 1.
    ///   - capacity: positions of each sequence: input and output together, at least 1.
    ///   - availableBytes: refuses a session that needs more, before it allocates.
    /// - Throws: `QwenError.doesNotFit`, `QwenError.tooLarge`, `QwenError.contextTooLong`,
    ///   `QwenError.cacheTooLong`, `MachineError` when the memory cannot be mapped.
    package init(model: Model, batch: Int, capacity: Int, availableBytes: Int?) throws {
        let configuration = model.configuration
        guard capacity <= configuration.maximumPositions else {
            throw QwenError.contextTooLong(
                positions: capacity, maximum: configuration.maximumPositions,
                model: configuration.name)
        }
        plan = try SessionPlan(
            configuration, precision: model.precision, cache: model.cachePrecision, batch: batch,
            capacity: capacity,
            workers: model.execution.pool.workerCount)
        let needed = plan.cacheByteCount + plan.workspace.byteCount
        if let availableBytes, needed > availableBytes {
            throw QwenError.doesNotFit(
                what: "the KV cache and scratch of \(batch) × \(capacity) positions",
                needed: needed,
                available: availableBytes,
                arithmetic: "cache \(plan.cacheByteCount) + scratch \(plan.workspace.byteCount)")
        }
        self.model = model
        self.batch = batch
        self.capacity = capacity
        kvCacheBytes = plan.cacheByteCount
        scratchBytes = plan.workspace.byteCount
        cacheRegion = try model.execution.region(byteCount: plan.cacheByteCount)
        workspaceRegion = try model.execution.region(byteCount: plan.workspace.byteCount)
        try cacheRegion.prefault()
        try workspaceRegion.prefault()

        sequences = .allocate(capacity: batch)
        queryScales = Self.queryScales(configuration, positions: plan.cache.capacity)
        stepChunk = ChunkBuffer(
            lengths: Array(repeating: 1, count: batch), starts: Array(repeating: 0, count: batch),
            maximumRows: batch, isPrompt: false)
        promptChunks = stepChunk
        passes = .allocate(capacity: model.weights.copies.count)
        for (index, weights) in model.weights.copies.enumerated() {
            passes.initializeElement(
                at: index,
                to: ForwardPass(
                    dimensions: Dimensions(configuration),
                    linear: model.linear,
                    output: model.output,
                    attention: model.attention,
                    norms: model.norms,
                    embeddingLayout: PanelLayout(model.precision.head),
                    cacheLayout: PanelLayout(model.cachePrecision.element),
                    embedding: weights.embedding,
                    head: weights.head,
                    finalNorm: weights.finalNorm,
                    layers: weights.layers,
                    cache: KVCache(
                        keys: cacheRegion.base,
                        values: cacheRegion.base + plan.keyByteCount,
                        shape: plan.cache),
                    workspace: Workspace(layout: plan.workspace, base: workspaceRegion.base),
                    sequences: sequences,
                    queryScales: queryScales.map { UnsafePointer($0) },
                    chunk: stepChunk.chunks[0]))
        }
        passOfWorker = .allocate(capacity: model.weights.indices.count)
        _ = passOfWorker.initialize(fromContentsOf: model.weights.indices)
        // The pool runs the body only inside `forward`, while this session is alive and its
        // driving thread waits, so the pointers are valid and what they point to is not written.
        nonisolated(unsafe) let passes = passes
        nonisolated(unsafe) let passOfWorker = passOfWorker
        body = { worker in
            passes[passOfWorker[worker.index]].run(
                StampedWorker(worker: worker, stamps: NoStamps()))
        }
        start(promptLengths: Array(repeating: capacity, count: batch))
    }

    deinit {
        passes.deallocate()
        passOfWorker.deallocate()
        sequences.deallocate()
        queryScales?.deallocate()
    }

    /// Forgets all positions and prepares for prompts of the given lengths.
    ///
    /// - Parameter promptLengths: one for each sequence, each from 1 to `capacity`.
    package func start(promptLengths: [Int]) {
        precondition(promptLengths.count == batch, "one length for each sequence")
        precondition(
            promptLengths.allSatisfy { 1...capacity ~= $0 }, "a prompt is longer than the cache")
        start(promptLengths: promptLengths, at: Array(repeating: 0, count: batch))
    }

    /// Prepares for a prompt that begins as the one sequence of this session did: what the cache
    /// has of it is not processed again.
    ///
    /// - Parameters:
    ///   - promptLength: of the whole prompt, from 1 to `capacity`.
    ///   - positions: how many tokens the prompt and the sequence have in common at their beginning,
    ///     fewer than `promptLength`; those of the sequence are all that went through `forward`.
    /// - Returns: how many positions are kept; the tokens behind them are the ones to stage. None
    ///   where a prompt of that length is rotated otherwise than the cache was (dynamic NTK).
    /// - Precondition: the session is for one sequence.
    package func start(promptLength: Int, keeping positions: Int) -> Int {
        precondition(batch == 1, "only a session of one sequence goes on")
        precondition(1...capacity ~= promptLength, "a prompt is longer than the cache")
        precondition(
            0..<promptLength ~= positions && positions <= sequences[0].length,
            "the cache has fewer positions")
        let table = rotaryTable(promptLength: promptLength)
        let kept = sequences[0].cosine == UnsafePointer(table.cosine) ? positions : 0
        start(promptLengths: [promptLength], at: [kept])
        return kept
    }

    private func start(promptLengths: [Int], at starts: [Int]) {
        let lengths = zip(promptLengths, starts).map { $0 - $1 }
        if !promptChunks.isPrompt || lengths != promptChunks.lengths
            || starts != promptChunks.starts
        {
            promptChunks = ChunkBuffer(
                lengths: lengths, starts: starts, maximumRows: plan.chunkRows, isPrompt: true)
        }
        for (index, length) in promptLengths.enumerated() {
            let table = rotaryTable(promptLength: length)
            sequences[index] = SequenceState(
                cosine: table.cosine, sine: table.sine, length: starts[index])
        }
        staged = nil
    }

    /// Records what the workers do in every `forward` from now on, or stops that.
    ///
    /// - Parameter recorder: with a lane for every worker; nil records nothing, at no cost.
    package func record(into recorder: SpanRecorder?) {
        precondition(
            recorder.map { $0.workerCount == model.execution.pool.workerCount } ?? true,
            "one lane for each worker")
        self.recorder = recorder
        recordingBody = nil
        guard let recorder else { return }
        // As in `init`.
        nonisolated(unsafe) let passes = passes
        nonisolated(unsafe) let passOfWorker = passOfWorker
        recordingBody = { worker in
            passes[passOfWorker[worker.index]].run(
                StampedWorker(worker: worker, stamps: recorder.lane(worker.index)))
        }
    }

    /// The spans that each worker records in `forward`, and the runs of the pool.
    ///
    /// - Parameter steps: after the prompts.
    package func recordingSize(steps: Int) -> (spans: Int, passes: Int) {
        let passes = promptChunks.chunks.count + steps
        return (
            passes * ForwardOperator.callsPerPass(layers: model.configuration.layerCount), passes
        )
    }

    /// Takes the prompts, or what is not kept of them, one after the other, for the next `forward`.
    ///
    /// - Parameter tokens: as many ids as `start` left to process, each in the vocabulary.
    package func stagePrompts(_ tokens: UnsafeBufferPointer<Int32>) {
        precondition(tokens.count == promptChunks.tokens.count, "not the prompts announced")
        stage(promptChunks, tokens)
    }

    /// Takes one token for each sequence for the next `forward`.
    package func stageTokens(_ tokens: UnsafeBufferPointer<Int32>) {
        precondition(tokens.count == batch, "one token for each sequence")
        stage(stepChunk, tokens)
        let segments = stepChunk.chunks[0].segments
        for index in segments.indices {
            precondition(sequences[index].length < capacity, "the cache is full")
            segments[index].firstPosition = sequences[index].length
        }
    }

    private func stage(_ buffer: ChunkBuffer, _ tokens: UnsafeBufferPointer<Int32>) {
        let vocabulary = model.configuration.vocabularySize
        for index in tokens.indices {
            precondition(0..<vocabulary ~= Int(tokens[index]), "a token is not in the vocabulary")
            buffer.tokens[index] = tokens[index]
        }
        staged = buffer
    }

    /// Runs what was staged through all layers; `logits` are those of each sequence's last token.
    package func forward() {
        guard let staged else { preconditionFailure("nothing was staged") }
        for chunk in staged.chunks {
            for index in passes.indices { passes[index].chunk = chunk }
            run()
        }
        for index in sequences.indices {
            sequences[index].length += staged.lengths[index]
        }
        self.staged = nil
    }

    private func run() {
        guard let recorder, let recordingBody else {
            model.execution.pool.run(body)
            return
        }
        recorder.beginPass()
        model.execution.pool.run(recordingBody)
        recorder.endPass()
    }

    /// The logits of sequence `sequence` after `forward`: (vocabulary) f32, free to change.
    package func logits(_ sequence: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(0..<batch ~= sequence, "no such sequence")
        let workspace = passes[0].workspace
        return UnsafeMutableBufferPointer(
            start: workspace.logits + sequence * workspace.layout.logitWidth,
            count: model.configuration.vocabularySize)
    }

    /// The most probable next token of a sequence after `forward`; the lowest id among equals.
    ///
    /// - Throws: `QwenError.logitsNotFinite` where its logit is no number, as are all where an
    ///   activation overflowed.
    package func greedyToken(_ sequence: Int) throws(QwenError) -> Int32 {
        let logits = logits(sequence)
        guard let base = logits.baseAddress else { return 0 }
        let token = model.attention.indexOfLargest(base, count: logits.count)
        guard logits[token].isFinite else {
            throw .logitsNotFinite(position: sequences[sequence].length - 1)
        }
        return Int32(token)
    }

    /// On which nodes weights (`weights`), KV cache (`kv_cache`) and scratch (`scratch`) lie at this
    /// moment.
    ///
    /// Asks for every page: not for a timed region.
    package func memoryPlacement() -> MemoryPlacement {
        MemoryPlacement(
            of: model.weights,
            others: ["kv_cache": cacheRegion, "scratch": workspaceRegion], model.execution)
    }

    private func rotaryTable(promptLength: Int) -> RotaryTable {
        let base = RotaryTable.base(model.configuration, promptLength: promptLength)
        if let table = rotaryTables.first(where: { $0.base == base }) { return table }
        let table = RotaryTable(
            positions: plan.cache.capacity, headDimension: model.configuration.headDimension,
            base: base, scaling: model.configuration.rotaryScaling)
        rotaryTables.append(table)
        return table
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
