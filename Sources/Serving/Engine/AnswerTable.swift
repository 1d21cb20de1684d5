internal import Qwen

/// The answers that go on, by slot, and how their next tokens are chosen: on all of the core's threads
/// where several take time.
final class AnswerTable<Core: StepEngine> {
    /// Whose token is to be chosen, and from which logits.
    struct Row {
        let slot: Int
        let logits: Int
        /// Whether others choose from the same logits.
        let sharesLogits: Bool
    }

    private let core: Core
    private let answers: UnsafeMutableBufferPointer<Answer?>
    /// One for each thread that may have something to choose.
    private let scratches: [SamplingScratch]

    init(_ core: Core) {
        self.core = core
        answers = .allocate(capacity: core.slotCount)
        answers.initialize(repeating: nil)
        scratches = (0..<min(core.workerCount, core.slotCount)).map { _ in
            SamplingScratch(vocabularySize: core.vocabularySize)
        }
    }

    deinit {
        answers.deinitialize()
        answers.deallocate()
    }

    subscript(slot: Int) -> Answer? {
        get { answers[slot] }
        set { answers[slot] = newValue }
    }

    /// The token that the answer in a slot goes on with.
    func last(slot: Int) -> Int32 {
        guard let answer = answers[slot] else { preconditionFailure("no answer is in the slot") }
        return answer.last
    }

    /// Chooses a token for each of some answers, all of different slots; what came of it is in them.
    func choose(_ rows: [Row]) {
        let work = Work(core: core, answers: answers, scratches: scratches, rows: rows)
        if rows.count(where: { answers[$0.slot]?.takesTime == true }) > 1 {
            core.share(rows.count) { work.choose($0, worker: $1) }
        } else {
            for item in rows.indices { work.choose(item, worker: 0) }
        }
    }

    /// What the threads share for the time of one `choose`.
    private struct Work: @unchecked Sendable {
        // Sendable: a slot and a scratch are of one thread alone, of the core they only read.

        let core: Core
        let answers: UnsafeMutableBufferPointer<Answer?>
        let scratches: [SamplingScratch]
        let rows: [Row]

        func choose(_ item: Int, worker: Int) {
            let row = rows[item]
            answers[row.slot]?.choose(
                from: core, logits: row.logits, sharesLogits: row.sharesLogits, scratches[worker])
        }
    }
}
