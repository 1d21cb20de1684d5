internal import Kernels
internal import Machine

/// The core for a server: sequences of any lengths that come and go, over a cache sized in blocks.
///
/// Who is admitted has all blocks that it may need, so no step can fail for want of room. Only `init`,
/// `admit` and `fork` allocate. Not thread-safe: one thread drives it, the pool's workers help.
package final class SlotCore {
    package let model: Model
    /// Sequences at once, at most.
    package let slotCount: Int
    /// Positions of a sequence, at most.
    package let capacity: Int
    /// Of the cache, 64 positions each.
    package let blockCount: Int
    package var blockPositions: Int { Self.blockPositions }
    package static let blockPositions = CacheBlock.positions
    /// Bytes of KV cache and of scratch.
    package let kvCacheBytes: Int
    package let scratchBytes: Int

    private let core: InferenceCore
    private var prefixes: PrefixIndex?
    private var tenants: [Tenant?]
    /// Blocks that forks to come will need.
    private var promised = 0

    /// What a slot was admitted for.
    private struct Tenant {
        let prompt: [Int32]
        let positions: Int
        /// Forks to come, and the blocks that each will need for itself.
        var forks: Int
        let forkBlocks: Int
        /// Blocks of the prompt that the index was told of, and what the next is found by.
        var indexed: Int
        var place: PrefixIndex.Place?
    }

    /// Rows whose logits one step computes, at least: more than a few only where prompts are scored.
    private static let leastWanted = 64

    /// - Parameters:
    ///   - model: whole, in this process.
    ///   - slots: at least 1.
    ///   - capacity: positions of a sequence, input and output together, at least 1.
    ///   - blocks: of the cache, at least 1; `mostBlocks` says how many there is room for.
    ///   - keepsPrefixes: whether the beginnings of prompts stay findable.
    ///   - availableBytes: refuses what needs more, before it allocates.
    /// - Throws: `QwenError.doesNotFit`, `.tooLarge`, `.contextTooLong`, `.cacheTooLong`,
    ///   `MachineError` when the memory cannot be mapped.
    package init(
        model: Model, slots: Int, capacity: Int, blocks: Int, keepsPrefixes: Bool = false,
        availableBytes: Int?
    ) throws {
        precondition(model.share == nil, "a server's model is in one process")
        let plan = try Self.plan(model, slots: slots, capacity: capacity, blocks: blocks)
        let needed = plan.cache.byteCount + plan.workspace.byteCount
        if let availableBytes, needed > availableBytes {
            throw QwenError.doesNotFit(
                what: "\(blocks) blocks of the KV cache and scratch",
                needed: needed, available: availableBytes,
                arithmetic: "cache \(plan.cache.byteCount) + scratch \(plan.workspace.byteCount)")
        }
        self.model = model
        self.capacity = capacity
        slotCount = slots
        blockCount = blocks
        kvCacheBytes = plan.cache.byteCount
        scratchBytes = plan.workspace.byteCount
        core = try InferenceCore(model: model, plan: plan, slots: slots, capacity: capacity)
        prefixes = keepsPrefixes ? PrefixIndex() : nil
        tenants = Array(repeating: nil, count: slots)
    }

    /// Blocks that memory has room for, at most as many as let all sequences be full.
    ///
    /// - Throws: `QwenError.doesNotFit` where there is no room for one; as `init`.
    package static func mostBlocks(
        _ model: Model, slots: Int, capacity: Int, availableBytes: Int
    ) throws(QwenError) -> Int {
        let plan = try plan(model, slots: slots, capacity: capacity, blocks: 1)
        let room = (availableBytes - plan.workspace.byteCount) / plan.cache.blockBytes
        guard room > 0 else {
            throw .doesNotFit(
                what: "a block of the KV cache and scratch",
                needed: plan.cache.byteCount + plan.workspace.byteCount,
                available: availableBytes,
                arithmetic: "cache \(plan.cache.byteCount) + scratch \(plan.workspace.byteCount)")
        }
        return min(room, slots * plan.cache.slotBlocks)
    }

    private static func plan(
        _ model: Model, slots: Int, capacity: Int, blocks: Int
    ) throws(QwenError) -> SessionPlan {
        guard capacity <= model.configuration.maximumPositions else {
            throw .contextTooLong(
                positions: capacity, maximum: model.configuration.maximumPositions,
                model: model.configuration.name)
        }
        return try SessionPlan(
            model.configuration, precision: model.precision, cache: model.cachePrecision,
            batch: slots, capacity: capacity, blocks: blocks, wanted: max(slots, leastWanted),
            workers: model.execution.pool.workerCount)
    }

    /// Rows of a step, at most, and rows of it whose logits can be wanted.
    package var stepRows: Int { core.plan.stepRows }
    package var wantedRows: Int { core.plan.wantedRows }

    package var vocabularySize: Int { model.configuration.vocabularySize }

    /// Blocks that a sequence could be given: those that nobody has, and those of beginnings that no
    /// slot has.
    package var freeBlocks: Int { core.cache.freeBlocks - promised + unusedPrefixBlocks }

    private var unusedPrefixBlocks: Int {
        prefixes?.count { core.cache.holders(of: $0) == 1 } ?? 0
    }

    /// Takes the pool's place of worker 0 for the calling thread.
    package func begin() { model.execution.pool.run { _ in } }

    /// Begins sequences with one prompt: one now, and others when they are forked off.
    ///
    /// - Parameters:
    ///   - slot: that is free.
    ///   - prompt: at least one token, each with a row in the model.
    ///   - positions: that each sequence may fill, up to `capacity`.
    ///   - sequences: how many there will be.
    ///   - findsPrefix: whether what the cache has of the prompt is used, and what it will have is kept for
    ///     others; false where the logits of all its rows are wanted.
    /// - Returns: how many positions of the prompt the cache has already, fewer than all; nil where the
    ///   blocks are not there now.
    package func admit(
        slot: Int, prompt: [Int32], positions: Int, sequences: Int, findsPrefix: Bool
    ) -> Int? {
        precondition(tenants[slot] == nil && !prompt.isEmpty && positions <= capacity)
        let blocks = CacheBlock.count(positions: positions)
        let found = findsPrefix ? findPrefix(of: prompt) : nil
        let shared = found?.blocks ?? []
        let forkBlocks = blocks - prompt.count / CacheBlock.positions
        let needed = blocks - shared.count + (sequences - 1) * forkBlocks
        let missing = needed + promised - core.cache.freeBlocks
        // They are the slot's from here on, and so not given up.
        for block in shared { core.cache.hold(block) }
        defer { for block in shared { core.cache.drop(block) } }
        guard missing <= 0 || missing <= unusedPrefixBlocks else { return nil }
        giveUpPrefixes(missing)
        core.inOrder { () throws(QwenError) in
            try core.admit(slot: slot, promptLength: prompt.count, beginning: shared)
            try core.cache.reserve(slot: slot, upTo: positions)
        }
        promised += (sequences - 1) * forkBlocks
        tenants[slot] = Tenant(
            prompt: prompt, positions: positions, forks: sequences - 1, forkBlocks: forkBlocks,
            indexed: shared.count, place: found?.next)
        return shared.count * CacheBlock.positions
    }

    private func findPrefix(of prompt: [Int32]) -> (blocks: [UInt32], next: PrefixIndex.Place)? {
        prefixes?.find(
            prompt, rotaryBase: RotaryTable.base(model.configuration, promptLength: prompt.count),
            limit: (prompt.count - 1) / CacheBlock.positions)
    }

    /// Adds the next tokens of a slot's prompt to the step.
    ///
    /// - Parameter wanted: which of their logits are wanted, counted from the first. Logits are
    ///   numbered through in the order in which rows are added.
    package func addPrompt(slot: Int, count: Int, wanted: Range<Int>) {
        guard let tenant = tenants[slot] else { preconditionFailure("nobody is in the slot") }
        let first = core.length(slot: slot)
        tenant.prompt.withUnsafeBufferPointer { prompt in
            _ = core.inOrder { () throws(QwenError) in
                try core.add(
                    slot: slot,
                    tokens: UnsafeBufferPointer(rebasing: prompt[first..<first + count]),
                    wanted: wanted, isGiven: true)
            }
        }
    }

    /// Adds the token that a slot's sequence goes on with to the step; its logits are wanted.
    package func addToken(slot: Int, _ token: Int32) {
        withUnsafePointer(to: token) { token in
            _ = core.inOrder { () throws(QwenError) in
                try core.add(
                    slot: slot, tokens: UnsafeBufferPointer(start: token, count: 1),
                    wanted: 0..<1, isGiven: false)
            }
        }
    }

    /// Runs the step and begins another one.
    package func run() {
        core.run()
        guard prefixes != nil else { return }
        for slot in tenants.indices { indexPrefix(slot) }
    }

    /// Logits of the last step: (vocabulary) f32, free to change.
    package func logits(_ index: Int) -> UnsafeMutableBufferPointer<Float> { core.logits(index) }

    /// The token with the largest of these logits, the lowest id among equals.
    ///
    /// - Throws: `QwenError.logitsNotFinite` where that is no number.
    package func greedyToken(_ index: Int, position: Int) throws(QwenError) -> Int32 {
        guard let found = core.largest(index), found.logit.isFinite else {
            throw .logitsNotFinite(position: position)
        }
        return found.token
    }

    /// Threads of the pool.
    package var workerCount: Int { model.execution.pool.workerCount }

    /// Does something for each of so many items on the pool's threads, dealt out in turn.
    package func share(
        _ count: Int, _ work: @escaping @Sendable (_ item: Int, _ worker: Int) -> Void
    ) {
        model.execution.pool.run { worker in
            for item in stride(from: worker.index, to: count, by: worker.count) {
                work(item, worker.index)
            }
        }
    }

    /// Begins another sequence with the prompt of one, once that has been run whole and before the
    /// sequence goes on.
    package func fork(slot: Int, to other: Int) {
        guard let tenant = tenants[slot], tenant.forks > 0 else {
            preconditionFailure("no fork was announced")
        }
        precondition(
            core.length(slot: slot) == tenant.prompt.count, "the prompt is not the whole sequence")
        promised -= tenant.forkBlocks
        tenants[slot]?.forks -= 1
        core.inOrder { () throws(QwenError) in
            try core.fork(slot: slot, to: other, positions: tenant.prompt.count)
            try core.cache.reserve(slot: other, upTo: tenant.positions)
        }
        var copy = tenant
        copy.forks = 0
        tenants[other] = copy
    }

    /// Ends a sequence, and takes back what was promised for its forks.
    package func release(slot: Int) {
        guard let tenant = tenants[slot] else { preconditionFailure("nobody is in the slot") }
        promised -= tenant.forks * tenant.forkBlocks
        tenants[slot] = nil
        core.inOrder { () throws(QwenError) in try core.cache.release(slot: slot) }
    }

    /// Makes the blocks of a slot's prompt that are whole by now findable.
    private func indexPrefix(_ slot: Int) {
        guard let tenant = tenants[slot], var place = tenant.place else { return }
        let filled = min(core.length(slot: slot), tenant.prompt.count) / CacheBlock.positions
        guard tenant.indexed < filled else { return }
        for index in tenant.indexed..<filled {
            let block = core.cache.block(slot: slot, index: index)
            guard
                let (next, isNew) = prefixes?.insert(
                    block, at: index, of: tenant.prompt, behind: place)
            else { return }
            if isNew { core.cache.hold(block) }
            place = next
        }
        tenants[slot]?.indexed = filled
        tenants[slot]?.place = place
    }

    private func giveUpPrefixes(_ count: Int) {
        guard count > 0 else { return }
        let cache = core.cache
        for block in prefixes?.remove(count, where: { cache.holders(of: $0) == 1 }) ?? [] {
            cache.drop(block)
        }
    }
}
