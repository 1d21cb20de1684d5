import Basics
package import Qwen
import Serving

/// A core without weights: what follows a sequence is a function of its tokens, and passes take the time
/// that a test says.
///
/// Blocks are of four positions. Whoever breaks a rule of `StepEngine` ends the test.
package final class ScriptedCore: StepEngine {
    package enum Pass: Equatable {
        /// Slots, in their order.
        case tokens([Int])
        /// Slots and rows.
        case prompts([Int: Range<Int>])
    }

    package struct Sequence {
        let prompt: [Int32]
        let positions: Int
        var length: Int
        var state = FNV1a()
        var forks: Int

        var blocks: Int { (positions + 3) / 4 }
        var forkBlocks: Int { blocks - prompt.count / 4 }
    }

    package let slotCount: Int
    package let capacity: Int
    package let blockCount: Int
    package let blockPositions = 4
    package let vocabularySize = 100
    package let stepRows: Int
    package let wantedRows: Int
    package private(set) var freeBlocks: Int
    package private(set) var now: UInt64 = 0
    package private(set) var passes: [Pass] = []
    package private(set) var hasBegun = false
    /// Nanoseconds of a pass.
    package var cost: (Pass) -> UInt64 = { _ in 0 }
    /// Positions that are in the cache when a prompt comes.
    package var cached: ([Int32]) -> Int = { _ in 0 }
    /// Sequences whose logits are no numbers from some length on.
    package var brokenFrom: [[Int32]: Int] = [:]
    package var keepsPasses = true

    private var sequences: [Sequence?]
    private var added: [Int] = []
    private var addedRows: [Int: Range<Int>] = [:]
    /// Of the pass that is put together, and of the last one.
    private var pending: [(state: UInt64, isBroken: Bool)] = []
    private var wanted: [(state: UInt64, isBroken: Bool)] = []
    private let buffer: UnsafeMutableBufferPointer<Float>

    package init(
        slots: Int, blocks: Int, capacity: Int = 64, stepRows: Int = 64, wantedRows: Int = 16
    ) {
        slotCount = slots
        blockCount = blocks
        freeBlocks = blocks
        self.capacity = capacity
        self.stepRows = stepRows
        self.wantedRows = wantedRows
        sequences = Array(repeating: nil, count: slots)
        buffer = .allocate(capacity: vocabularySize)
        buffer.initialize(repeating: 0)
    }

    deinit {
        buffer.deallocate()
    }

    /// The greedy answer to a prompt.
    package static func answer(_ prompt: [Int32], count: Int) -> [Int32] {
        var state = FNV1a()
        for token in prompt { state.combine(UInt64(token)) }
        return (0..<count).map { _ in
            let token = Int32(state.value % 100)
            state.combine(UInt64(token))
            return token
        }
    }

    package func begin() { hasBegun = true }

    /// Lets time go by.
    package func pass(nanoseconds: UInt64) { now += nanoseconds }

    package func admit(
        slot: Int, prompt: [Int32], positions: Int, sequences count: Int, findsPrefix: Bool
    ) -> Int? {
        precondition(sequences[slot] == nil && positions <= capacity)
        let done = findsPrefix ? cached(prompt) : 0
        var sequence = Sequence(
            prompt: prompt, positions: positions, length: done, forks: count - 1)
        for token in prompt[..<done] { sequence.state.combine(UInt64(token)) }
        let needed = sequence.blocks + sequence.forks * sequence.forkBlocks
        guard needed <= freeBlocks else { return nil }
        freeBlocks -= needed
        sequences[slot] = sequence
        return done
    }

    package func addPrompt(slot: Int, count: Int, wanted: Range<Int>) {
        guard let sequence = sequences[slot] else { preconditionFailure("an empty slot") }
        let rows = sequence.length..<sequence.length + count
        precondition(rows.upperBound <= sequence.prompt.count && count > 0 && added.isEmpty)
        precondition(addedRows.updateValue(rows, forKey: slot) == nil)
        for (offset, token) in sequence.prompt[rows].enumerated() {
            sequences[slot]?.state.combine(UInt64(token))
            sequences[slot]?.length += 1
            if wanted.contains(offset) { want(slot) }
        }
    }

    package func addToken(slot: Int, _ token: Int32) {
        guard let sequence = sequences[slot] else { preconditionFailure("an empty slot") }
        precondition(sequence.length >= sequence.prompt.count && addedRows.isEmpty)
        precondition(sequence.length < sequence.positions && !added.contains(slot))
        added.append(slot)
        sequences[slot]?.state.combine(UInt64(token))
        sequences[slot]?.length += 1
        want(slot)
    }

    private func want(_ slot: Int) {
        guard let sequence = sequences[slot] else { return }
        let broken = brokenFrom[sequence.prompt].map { sequence.length >= $0 } ?? false
        pending.append((sequence.state.value, broken))
    }

    package func run() {
        let rows = added.count + addedRows.values.reduce(0) { $0 + $1.count }
        precondition(rows > 0 && rows <= max(stepRows, slotCount))
        precondition(pending.count <= max(wantedRows, slotCount))
        let pass: Pass = added.isEmpty ? .prompts(addedRows) : .tokens(added)
        if keepsPasses { passes.append(pass) }
        now += cost(pass)
        wanted = pending
        pending.removeAll(keepingCapacity: true)
        added.removeAll(keepingCapacity: true)
        addedRows.removeAll(keepingCapacity: true)
    }

    /// 2 for the token that follows, 1 for the one after it, 0 for all others.
    package func logits(_ index: Int) -> UnsafeMutableBufferPointer<Float> {
        buffer.update(repeating: wanted[index].isBroken ? .nan : 0)
        guard !wanted[index].isBroken else { return buffer }
        let token = Int(wanted[index].state % 100)
        buffer[token] = 2
        buffer[(token + 1) % 100] = 1
        return buffer
    }

    package func greedyToken(_ index: Int, position: Int) throws(QwenError) -> Int32 {
        guard !wanted[index].isBroken else { throw .logitsNotFinite(position: position) }
        return Int32(wanted[index].state % 100)
    }

    package let workerCount = 1

    package func share(_ count: Int, _ work: @escaping @Sendable (Int, Int) -> Void) {
        for item in 0..<count { work(item, 0) }
    }

    package func fork(slot: Int, to other: Int) {
        guard var sequence = sequences[slot], sequence.forks > 0, sequences[other] == nil else {
            preconditionFailure("no fork was announced")
        }
        precondition(sequence.length == sequence.prompt.count)
        sequences[slot]?.forks -= 1
        sequence.forks = -1
        sequences[other] = sequence
    }

    package func release(slot: Int) {
        guard let sequence = sequences[slot] else { preconditionFailure("an empty slot") }
        // A fork has its own blocks; the first has those that all share, and what was promised.
        freeBlocks +=
            sequence.forks < 0
            ? sequence.forkBlocks : sequence.blocks + sequence.forks * sequence.forkBlocks
        sequences[slot] = nil
    }
}
