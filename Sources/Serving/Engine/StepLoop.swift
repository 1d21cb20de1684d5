internal import Qwen

/// The server's work, one step after the other, for whoever drives the core: no threads, no locks.
struct StepLoop<Core: StepEngine> {
    private let core: Core
    private let endTokens: Set<Int32>
    private let deliver: (StepReport) -> Void
    private let answers: AnswerTable<Core>
    private var scheduler: Scheduler
    private var pace: StepPace
    private var requests: [RequestID: Live] = [:]
    /// Who gets a token in the pass at hand.
    private var rows: [AnswerTable<Core>.Row] = []
    private var pieces: [Scheduler.Piece] = []
    private var report: StepReport
    private var isClosing = false

    /// A request that has answers to come.
    private struct Live {
        let request: GenerationRequest
        /// One for each answer; none while it waits.
        var slots: [Int] = []
        /// Which answers have not ended.
        var isOpen: [Bool]
        var isPromptWhole = false
    }

    init(_ core: Core, _ settings: ServingSettings, deliver: @escaping (StepReport) -> Void) {
        self.core = core
        self.deliver = deliver
        endTokens = settings.endTokens
        answers = AnswerTable(core)
        scheduler = Scheduler(slots: core.slotCount, schedule: settings.schedule)
        pace = StepPace(target: settings.stepTarget)
        report = StepReport(
            load: ServingLoad(freeBlocks: core.freeBlocks, blocks: core.blockCount))
    }

    var isIdle: Bool { scheduler.isIdle }
    var waitingCount: Int { scheduler.waitingCount }
    var freeSlotCount: Int { scheduler.freeSlotCount }

    // MARK: Orders

    /// Takes a request that satisfies `GenerationRequest.validate`.
    mutating func submit(_ id: RequestID, _ request: GenerationRequest) {
        requests[id] = Live(
            request: request, isOpen: Array(repeating: true, count: request.answers))
        scheduler.enqueue(
            Scheduler.Ticket(
                request: id, promptLength: request.prompt.count, answers: request.answers,
                isScored: request.scoresPrompt))
    }

    /// Ends an answer, or all of a request; nothing where they have ended.
    mutating func cancel(_ id: RequestID, answer: Int?) {
        guard let live = requests[id] else { return }
        for index in live.isOpen.indices where live.isOpen[index] && index == answer ?? index {
            if live.isPromptWhole { vacate(live.slots[index]) }
            close(id, index, .cancelled)
        }
        guard requests[id] == nil, !live.isPromptWhole else { return }
        if let slot = live.slots.first {
            scheduler.abandon(id)
            core.release(slot: slot)
        } else {
            scheduler.withdraw(id)
        }
    }

    /// Takes note that no more requests come.
    mutating func close() { isClosing = true }

    mutating func cancelAll() {
        for id in requests.keys.sorted(by: { $0.number < $1.number }) { cancel(id, answer: nil) }
    }

    // MARK: A step

    /// Admits who has a place, gives running answers a token each, reads on in the oldest prompts, and
    /// tells what came of it after each pass.
    ///
    /// - Returns: whether there was anything to run.
    mutating func step() -> Bool {
        admit()
        let decodes = scheduler.decodes
        if decodes { runAnswers() }
        let reads = !scheduler.prompts.isEmpty
        if reads { runPrompts() }
        if !report.events.isEmpty { tell() }
        return decodes || reads
    }

    private mutating func admit() {
        while let (ticket, slot) = scheduler.next(isClosing: isClosing) {
            guard let request = requests[ticket.request]?.request else {
                preconditionFailure("who waits is known")
            }
            let cached = core.admit(
                slot: slot, prompt: request.prompt, positions: request.positions,
                sequences: request.answers, findsPrefix: request.findsPrefix)
            guard let cached else {
                scheduler.leaveWaiting()
                return
            }
            requests[ticket.request]?.slots = scheduler.admit(done: cached)
            note(ticket.request, 0, .admitted(cachedTokens: cached))
        }
    }

    private mutating func runAnswers() {
        let start = core.now
        rows.removeAll(keepingCapacity: true)
        for (number, slot) in scheduler.running.enumerated() {
            core.addToken(slot: slot, answers.last(slot: slot))
            rows.append(AnswerTable.Row(slot: slot, logits: number, sharesLogits: false))
        }
        core.run()
        answers.choose(rows)
        for row in rows where !book(slot: row.slot) { vacate(row.slot) }
        let time = core.now - start
        pace.noteDecode(nanoseconds: time)
        report.load.decodeRows = rows.count
        report.load.nanoseconds = time
        tell()
    }

    private mutating func runPrompts() {
        let start = core.now
        let most = core.stepRows
        scheduler.pieces(
            rows: scheduler.isPaced ? pace.promptRows(most: most) : most, wanted: core.wantedRows,
            into: &pieces)
        var count = 0
        for piece in pieces {
            core.addPrompt(
                slot: piece.prompt.slots[0], count: piece.rows.count, wanted: piece.wanted)
            count += piece.rows.count
        }
        core.run()
        scheduler.advance(pieces)
        rows.removeAll(keepingCapacity: true)
        var number = 0
        for piece in pieces {
            if score(piece, logits: number) {
                begin(piece.prompt, logits: number + piece.wanted.count - 1)
            }
            number += piece.wanted.count
        }
        answers.choose(rows)
        for piece in pieces where piece.endsPrompt { resume(piece.prompt) }
        let time = core.now - start
        pace.notePrompt(nanoseconds: time, rows: count)
        report.load.promptRows = count
        report.load.nanoseconds = time
        tell()
    }

    // MARK: What a pass brings

    /// Tells the log-probabilities of a piece where they are wanted.
    ///
    /// - Parameter first: the number of its first logits.
    /// - Returns: whether answers begin with it.
    private mutating func score(_ piece: Scheduler.Piece, logits first: Int) -> Bool {
        let id = piece.prompt.ticket.request
        guard let request = requests[id]?.request else { preconditionFailure("it has answers") }
        guard request.scoresPrompt else { return piece.endsPrompt }
        do {
            try note(scoresOf: piece, id, request, logits: first)
            return piece.endsPrompt
        } catch {
            for answer in 0..<request.answers where requests[id]?.isOpen[answer] == true {
                close(id, answer, .failed(error))
            }
            if !piece.endsPrompt {
                scheduler.abandon(id)
                core.release(slot: piece.prompt.slots[0])
            }
            return false
        }
    }

    /// Makes the answers to a prompt that is whole ready for their first tokens.
    private mutating func begin(_ prompt: Scheduler.Prompt, logits: Int) {
        let id = prompt.ticket.request
        guard let request = requests[id]?.request else { preconditionFailure("it has answers") }
        requests[id]?.isPromptWhole = true
        for (index, slot) in prompt.slots.enumerated() where requests[id]?.isOpen[index] == true {
            guard request.limit > 0 else {
                close(id, index, .limit)
                continue
            }
            do {
                answers[slot] = try Answer(
                    request, id: id, index: index, endTokens: endTokens,
                    vocabularySize: core.vocabularySize)
                rows.append(
                    AnswerTable.Row(
                        slot: slot, logits: logits, sharesLogits: request.answers > 1))
            } catch {
                close(id, index, .failed(error))
            }
        }
    }

    /// Lets those answers to a prompt go on that have not ended with their first token, and frees the
    /// slots of the others.
    private mutating func resume(_ prompt: Scheduler.Prompt) {
        let first = prompt.slots[0]
        for slot in prompt.slots {
            if answers[slot] != nil, book(slot: slot) {
                if slot != first { core.fork(slot: first, to: slot) }
                scheduler.resume(slot: slot)
            } else {
                answers[slot] = nil
                scheduler.free(slot: slot)
            }
        }
        // Last, as the others are forked off it.
        if answers[first] == nil { core.release(slot: first) }
    }

    /// Tells what was chosen for the answer in a slot; whether the answer goes on.
    private mutating func book(slot: Int) -> Bool {
        guard let answer = answers[slot] else { preconditionFailure("an answer is in the slot") }
        switch answer.finish {
        case .endToken, .failed: break
        default:
            let first = report.logProbabilities.count
            report.logProbabilities += answer.listing
            note(
                answer.request, answer.index,
                .token(answer.last, first..<report.logProbabilities.count))
        }
        guard let finish = answer.finish else { return true }
        close(answer.request, answer.index, finish)
        return false
    }

    /// - Throws: `QwenError.logitsNotFinite`.
    private mutating func note(
        scoresOf piece: Scheduler.Piece, _ id: RequestID, _ request: GenerationRequest,
        logits first: Int
    ) throws(QwenError) {
        let start = report.logProbabilities.count
        for (number, position) in piece.rows.enumerated() where position + 1 < request.prompt.count
        {
            let softmax = try LogSoftmax(
                UnsafeBufferPointer(core.logits(first + number)), position: position)
            report.logProbabilities.append(
                softmax, of: request.prompt[position + 1],
                alternatives: request.logProbabilities ?? 0)
        }
        note(id, 0, .scored(start..<report.logProbabilities.count))
    }

    // MARK: Bookkeeping

    /// Frees the slot of an answer that was running.
    private mutating func vacate(_ slot: Int) {
        answers[slot] = nil
        scheduler.end(slot: slot)
        core.release(slot: slot)
    }

    private mutating func close(_ id: RequestID, _ answer: Int, _ reason: FinishReason) {
        note(id, answer, .ended(reason))
        requests[id]?.isOpen[answer] = false
        if requests[id]?.isOpen.contains(true) == false { requests[id] = nil }
    }

    private mutating func note(_ id: RequestID, _ answer: Int, _ what: StepEvent.What) {
        report.events.append(
            StepEvent(request: id, answer: answer, time: core.now, what: what))
    }

    private mutating func tell() {
        report.load.waiting = scheduler.waitingCount
        report.load.running = core.slotCount - scheduler.freeSlotCount
        report.load.freeBlocks = core.freeBlocks
        let count = report.events.count
        deliver(report)
        report = StepReport(
            load: ServingLoad(freeBlocks: report.load.freeBlocks, blocks: core.blockCount))
        // As many again are likely, and one allocation is enough for them.
        report.events.reserveCapacity(count)
    }
}
