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

    private let core: InferenceCore
    private let meeting: RankMeeting?
    /// Where the ranks lay their logits side by side.
    private let gathering: RankMeeting?
    /// Rows of each sequence that the next input has, and the tokens of all of them.
    private var lengths: [Int]
    private var tokens: [Int32]
    private var promptTokens = 0
    /// The sequences that the next tokens are for, ascending, and where the logits of each lie.
    private var running: [Int]
    private var places: [Int]
    /// What was staged: a prompt for each sequence, or a token.
    private var staged: Staged?

    private enum Staged { case prompts, tokens }

    /// - Parameters:
    ///   - batch: sequences at once, at least 1.
    ///   - capacity: positions of each sequence: input and output together, at least 1.
    ///   - availableBytes: refuses a session that needs more, before it allocates.
    ///   - meeting: where the model's ranks meet, all of which make such a session at the same time, and
    ///     whose steps wait for each other; nil for a model in one process.
    ///   - gathersLogits: whether `logits` are those of all ranks in each of them, and not of each its own.
    /// - Throws: `QwenError.doesNotFit`, `QwenError.tooLarge`, `QwenError.contextTooLong`,
    ///   `QwenError.cacheTooLong`, `MachineError` when the memory cannot be mapped; what the meeting
    ///   throws.
    package init(
        model: Model, batch: Int, capacity: Int, availableBytes: Int?,
        meeting: RankMeeting? = nil, gathersLogits: Bool = false
    ) throws {
        let configuration = model.configuration
        guard capacity <= configuration.maximumPositions else {
            throw QwenError.contextTooLong(
                positions: capacity, maximum: configuration.maximumPositions,
                model: configuration.name)
        }
        let plan = try SessionPlan(
            configuration, precision: model.precision, cache: model.cachePrecision, batch: batch,
            capacity: capacity,
            workers: model.execution.pool.workerCount)
        // Before anything that one rank alone might refuse: the others would wait for ever.
        try meeting?.open(for: plan, gathering: gathersLogits ? model.share : nil)
        let needed = plan.cache.byteCount + plan.workspace.byteCount
        if let availableBytes, needed > availableBytes {
            throw QwenError.doesNotFit(
                what: "the KV cache and scratch of \(batch) × \(capacity) positions",
                needed: needed,
                available: availableBytes,
                arithmetic: "cache \(plan.cache.byteCount) + scratch \(plan.workspace.byteCount)")
        }
        self.model = model
        self.batch = batch
        self.capacity = capacity
        kvCacheBytes = plan.cache.byteCount
        scratchBytes = plan.workspace.byteCount
        self.meeting = meeting
        gathering = gathersLogits ? meeting : nil
        core = try InferenceCore(
            model: model, plan: plan, slots: batch, capacity: capacity, meeting: meeting)
        lengths = Array(repeating: 1, count: batch)
        tokens = Array(repeating: 0, count: batch)
        running = Array(0..<batch)
        places = Array(0..<batch)
        for slot in 0..<batch {
            try core.admit(slot: slot, promptLength: capacity)
            try core.cache.reserve(slot: slot, upTo: capacity)
        }
        start(promptLengths: Array(repeating: capacity, count: batch))
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
            0..<promptLength ~= positions && positions <= core.length(slot: 0),
            "the cache has fewer positions"
        )
        let kept = core.rotates(slot: 0, asPromptOf: promptLength) ? positions : 0
        start(promptLengths: [promptLength], at: [kept])
        return kept
    }

    private func start(promptLengths: [Int], at starts: [Int]) {
        lengths = zip(promptLengths, starts).map { $0 - $1 }
        promptTokens = lengths.reduce(0, +)
        if tokens.count < promptTokens {
            tokens = Array(repeating: 0, count: promptTokens)
        }
        staged = nil
        running.removeAll(keepingCapacity: true)
        for sequence in 0..<batch {
            running.append(sequence)
            places[sequence] = sequence
        }
        core.inOrder { () throws(QwenError) in
            for (slot, start) in starts.enumerated() {
                if start == 0 {
                    try core.cache.release(slot: slot)
                    try core.admit(slot: slot, promptLength: promptLengths[slot])
                } else {
                    try core.cache.truncate(slot: slot, to: start)
                }
            }
            for slot in starts.indices {
                try core.cache.reserve(slot: slot, upTo: capacity)
            }
        }
    }

    /// Records what the workers do in every `forward` from now on, or stops that.
    ///
    /// - Parameter recorder: with a lane for every worker; nil records nothing, at no cost.
    package func record(into recorder: SpanRecorder?) {
        precondition(
            recorder.map { $0.workerCount == model.execution.pool.workerCount } ?? true,
            "one lane for each worker")
        core.record(into: recorder)
    }

    /// The spans that each worker records in `forward`, and the runs of the pool.
    ///
    /// - Parameter steps: after the prompts.
    package func recordingSize(steps: Int) -> (spans: Int, passes: Int) {
        let rows = core.plan.stepRows
        let passes = (promptTokens + rows - 1) / rows + steps
        return (
            passes * ForwardOperator.callsPerPass(layers: model.configuration.layerCount), passes
        )
    }

    /// Takes the prompts, or what is not kept of them, one after the other, for the next `forward`.
    ///
    /// - Parameter tokens: as many ids as `start` left to process, each in the vocabulary.
    package func stagePrompts(_ tokens: UnsafeBufferPointer<Int32>) {
        precondition(tokens.count == promptTokens, "not the prompts announced")
        stage(.prompts, tokens)
    }

    /// Takes a sequence out of all further steps, until the next `start`.
    package func retire(_ sequence: Int) {
        precondition(staged == nil, "a sequence leaves between steps")
        running.removeAll { $0 == sequence }
    }

    /// Takes one token for each sequence that was not retired, ascending, for the next `forward`.
    package func stageTokens(_ tokens: UnsafeBufferPointer<Int32>) {
        precondition(tokens.count == running.count, "one token for each sequence")
        for slot in running {
            precondition(core.length(slot: slot) < capacity, "the cache is full")
        }
        stage(.tokens, tokens)
    }

    private func stage(_ staged: Staged, _ tokens: UnsafeBufferPointer<Int32>) {
        let vocabulary = model.whole.vocabularySize
        for index in tokens.indices {
            precondition(0..<vocabulary ~= Int(tokens[index]), "a token is not in the vocabulary")
            self.tokens[index] = tokens[index]
        }
        self.staged = staged
    }

    /// Runs what was staged through all layers; `logits` are those of each sequence's last token, of
    /// several ranks that do not gather them for the tokens of `Model.vocabulary`.
    package func forward() {
        guard let staged else { preconditionFailure("nothing was staged") }
        self.staged = nil
        tokens.withUnsafeBufferPointer { tokens in
            core.inOrder { () throws(QwenError) in
                switch staged {
                case .prompts: try forwardPrompts(tokens)
                case .tokens:
                    for (place, slot) in running.enumerated() {
                        try core.add(
                            slot: slot,
                            tokens: UnsafeBufferPointer(rebasing: tokens[place...place]),
                            wanted: 0..<1, isGiven: false)
                        places[slot] = place
                    }
                    core.run()
                }
            }
        }
        meeting?.choose(count: running.count) { core.largest($0) }
        gathering?.gather(count: running.count) { core.logits($0) }
    }

    /// The prompts sequence by sequence, as many rows at a time as a step takes, whatever sequence
    /// they belong to; the head comes last, for all of them.
    private func forwardPrompts(_ tokens: UnsafeBufferPointer<Int32>) throws(QwenError) {
        var room = core.plan.stepRows
        var first = 0
        for (slot, length) in lengths.enumerated() {
            let end = first + length
            while first < end {
                let count = min(room, end - first)
                let isLast = first + count == end
                try core.add(
                    slot: slot,
                    tokens: UnsafeBufferPointer(rebasing: tokens[first..<first + count]),
                    wanted: isLast ? count - 1..<count : 0..<0, isGiven: true)
                first += count
                room -= count
                if room == 0 || first == promptTokens {
                    core.run(computesLogits: first == promptTokens)
                    room = core.plan.stepRows
                }
            }
        }
    }

    /// The logits of sequence `sequence` after `forward`: (vocabulary) f32, free to change; of one that
    /// was retired nothing.
    package func logits(_ sequence: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(0..<batch ~= sequence, "no such sequence")
        return gathering?.logits(places[sequence]) ?? core.logits(places[sequence])
    }

    /// The most probable next token of a sequence after `forward`; the lowest id among equals.
    ///
    /// - Throws: `QwenError.logitsNotFinite` where its logit is no number, as are all where an
    ///   activation overflowed.
    package func greedyToken(_ sequence: Int) throws(QwenError) -> Int32 {
        let place = places[sequence]
        let found = if let meeting { meeting.choice(place) } else { core.largest(place) }
        guard let found, found.logit.isFinite else {
            throw .logitsNotFinite(position: core.length(slot: sequence) - 1)
        }
        return found.token
    }

    /// On which nodes weights (`weights`), KV cache (`kv_cache`) and scratch (`scratch`) lie at this
    /// moment.
    ///
    /// Asks for every page: not for a timed region.
    package func memoryPlacement() -> MemoryPlacement {
        MemoryPlacement(
            of: model.weights,
            others: ["kv_cache": core.cacheRegion, "scratch": core.workspaceRegion],
            model.execution)
    }
}
