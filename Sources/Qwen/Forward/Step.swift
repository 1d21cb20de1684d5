/// Consecutive tokens of one sequence in a step.
struct StepEntry {
    let slot: Int
    /// The first of its rows in the step.
    let firstRow: Int
    let rowCount: Int
    /// Where its first token stands in the sequence.
    let firstPosition: Int
    /// Which of its rows' logits are wanted, counted in the entry.
    let wanted: Range<Int>
    /// Where the logits of the first of them go.
    let firstLogits: Int
    /// Whether its tokens were given, as those of a prompt are, rather than chosen or supposed.
    ///
    /// The numbers of a row depend on this and on its own sequence alone.
    let isGiven: Bool
    /// Whether its rows see of each other what `Step.own` says, rather than those before them.
    let isMasked: Bool
}

/// The rows that one forward pass takes through all layers: pieces of prompts, tokens that were
/// chosen, drafts under test, in any mixture.
///
/// Entries of given tokens come first. A trivial view of a `StepBuffer`.
struct Step {
    /// (rowCount) token ids.
    let tokens: UnsafeMutablePointer<Int32>
    /// (rowCount) what rotation takes a row's position for.
    let positions: UnsafeMutablePointer<Int32>
    /// (rowCount) which rows of its entry a row sees, one bit for each; where an entry is masked.
    let own: UnsafeMutablePointer<UInt64>
    var entries: UnsafeMutableBufferPointer<StepEntry>
    var rowCount: Int
    /// Rows of entries whose tokens were given.
    var givenRows: Int
    /// Rows whose logits are wanted, those of earlier steps that wait for theirs included.
    var wantedRows: Int
    /// Whether the logits are computed now; otherwise they wait for a later step.
    var computesLogits: Bool
}

/// Where a step is put together: memory for so many rows and entries, none of it taken later.
final class StepBuffer {
    private let rows: Int
    private let wantedRows: Int
    private let tokens: UnsafeMutableBufferPointer<Int32>
    private let positions: UnsafeMutableBufferPointer<Int32>
    private let own: UnsafeMutableBufferPointer<UInt64>
    private let entries: UnsafeMutableBufferPointer<StepEntry>
    private(set) var step: Step

    /// - Parameters:
    ///   - rows: of a step, at most.
    ///   - entries: of a step, at most.
    ///   - wanted: rows whose logits are wanted, at most.
    init(rows: Int, entries entryCount: Int, wanted: Int) {
        self.rows = rows
        wantedRows = wanted
        tokens = .allocate(capacity: rows)
        tokens.initialize(repeating: 0)
        positions = .allocate(capacity: rows)
        positions.initialize(repeating: 0)
        own = .allocate(capacity: rows)
        own.initialize(repeating: 0)
        entries = .allocate(capacity: entryCount)
        guard let token = tokens.baseAddress, let position = positions.baseAddress,
            let seen = own.baseAddress
        else { preconditionFailure("a step has room for a row") }
        step = Step(
            tokens: token, positions: position, own: seen,
            entries: UnsafeMutableBufferPointer(start: entries.baseAddress, count: 0),
            rowCount: 0, givenRows: 0, wantedRows: 0, computesLogits: true)
    }

    deinit {
        tokens.deallocate()
        positions.deallocate()
        own.deallocate()
        entries.deallocate()
    }

    /// Says whether the logits are computed in this step or wait for a later one.
    func setComputesLogits(_ computesLogits: Bool) { step.computesLogits = computesLogits }

    /// Forgets all entries; rows whose logits wait for a later step keep their numbers.
    func clear() {
        step.entries = UnsafeMutableBufferPointer(start: entries.baseAddress, count: 0)
        step.rowCount = 0
        step.givenRows = 0
        if step.computesLogits { step.wantedRows = 0 }
        step.computesLogits = true
    }

    /// Adds tokens of a sequence.
    ///
    /// - Parameters:
    ///   - firstPosition: in the sequence.
    ///   - wanted: which of their logits are wanted, counted from the first token. They are numbered
    ///     through in the order in which entries are added.
    ///   - isGiven: false for tokens that were chosen or supposed. Given ones come first.
    ///   - positions: what rotation takes their positions for; those of the sequence unless given.
    ///   - own: which of these tokens each sees, one bit for each; those up to itself unless given.
    /// - Returns: where the logits of the first wanted row will be.
    /// - Throws: `QwenError.stepFull`; `.slotInStep` for a second entry of a sequence: both would
    ///   stand at the same positions; `.givenAfterChosen`; `.maskTooWide` for a mask of more tokens
    ///   than it has bits. The step is as it was.
    @discardableResult
    func add(
        slot: Int, tokens added: UnsafeBufferPointer<Int32>, firstPosition: Int,
        wanted: Range<Int>, isGiven: Bool, positions rotary: [Int32]? = nil,
        own masks: [UInt64]? = nil
    ) throws(QwenError) -> Int {
        let count = step.entries.count
        guard step.rowCount + added.count <= rows, count < entries.count,
            step.wantedRows + wanted.count <= wantedRows
        else { throw .stepFull(rows: rows, entries: entries.count) }
        guard !step.entries.contains(where: { $0.slot == slot }) else { throw .slotInStep(slot) }
        guard !isGiven || step.givenRows == step.rowCount else {
            throw .givenAfterChosen(slot: slot)
        }
        guard masks == nil || added.count <= UInt64.bitWidth else {
            throw .maskTooWide(rows: added.count)
        }
        for index in added.indices {
            let row = step.rowCount + index
            tokens[row] = added[index]
            positions[row] = rotary?[index] ?? Int32(firstPosition + index)
            if let masks { own[row] = masks[index] }
        }
        let entry = StepEntry(
            slot: slot, firstRow: step.rowCount, rowCount: added.count,
            firstPosition: firstPosition, wanted: wanted, firstLogits: step.wantedRows,
            isGiven: isGiven, isMasked: masks != nil)
        entries.initializeElement(at: count, to: entry)
        step.entries = UnsafeMutableBufferPointer(start: entries.baseAddress, count: count + 1)
        step.rowCount += added.count
        step.wantedRows += wanted.count
        if isGiven { step.givenRows = step.rowCount }
        return entry.firstLogits
    }
}
