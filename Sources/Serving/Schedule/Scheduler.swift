/// Who waits, whose prompt is being read, who is answered: what each pass consists of.
///
/// Pure: it knows neither time nor memory, and nothing happens but what it is told.
struct Scheduler {
    /// A request that waits.
    struct Ticket: Equatable {
        let request: RequestID
        let promptLength: Int
        let answers: Int
        /// Whether the logits of all rows of its prompt are wanted.
        let isScored: Bool
    }

    /// A request whose prompt is not whole yet.
    struct Prompt: Equatable {
        let ticket: Ticket
        /// One for each answer; the prompt is in the first.
        let slots: [Int]
        /// Positions that the cache has.
        var done: Int
    }

    /// Rows of one prompt in a pass.
    struct Piece: Equatable {
        let prompt: Prompt
        let rows: Range<Int>
        /// Which of them have logits, counted from the first.
        let wanted: Range<Int>

        var endsPrompt: Bool { rows.upperBound == prompt.ticket.promptLength }
    }

    private let schedule: Schedule
    private var waiting = ArrivalQueue<Ticket>()
    /// Oldest first.
    private(set) var prompts: [Prompt] = []
    /// Slots of answers that go on, in the order in which they began.
    private(set) var running: [Int] = []
    private var freeSlots: [Int]
    /// Requests that may still join the gang that is being formed.
    private var vacancies = 0

    init(slots: Int, schedule: Schedule) {
        self.schedule = schedule
        // The lowest number is taken first.
        freeSlots = (0..<slots).reversed()
    }

    var waitingCount: Int { waiting.count }
    var freeSlotCount: Int { freeSlots.count }

    /// Whether nobody waits and nobody is served.
    var isIdle: Bool { waiting.count == 0 && prompts.isEmpty && running.isEmpty }

    // MARK: Who comes

    mutating func enqueue(_ ticket: Ticket) { waiting.append(ticket) }

    /// Who is next, and the slot for its prompt; nil where it has to wait.
    ///
    /// - Parameter isClosing: whether no more requests will come.
    mutating func next(isClosing: Bool) -> (ticket: Ticket, slot: Int)? {
        if case .gang(let size) = schedule {
            if vacancies == 0, prompts.isEmpty, running.isEmpty, isClosing || waiting.count >= size
            {
                vacancies = min(size, waiting.count)
            }
            guard vacancies > 0 else { return nil }
        }
        guard let ticket = waiting.first, freeSlots.count >= ticket.answers,
            let slot = freeSlots.last
        else {
            vacancies = 0
            return nil
        }
        return (ticket, slot)
    }

    /// Gives who is next its slots.
    ///
    /// - Parameter done: positions of the prompt that the cache has already.
    /// - Returns: the slots, one for each answer.
    mutating func admit(done: Int) -> [Int] {
        let ticket = waiting.removeFirst()
        vacancies -= vacancies > 0 ? 1 : 0
        let slots = (0..<ticket.answers).map { _ in freeSlots.removeLast() }
        prompts.append(Prompt(ticket: ticket, slots: slots, done: done))
        return slots
    }

    /// Leaves who is next where it is, as there is no memory for it now; a gang goes without it.
    mutating func leaveWaiting() { vacancies = 0 }

    // MARK: What a step does

    /// Whether running answers get a token in this step.
    var decodes: Bool {
        !running.isEmpty && (schedule == .interleaved || prompts.isEmpty)
    }

    /// Whether the time for prompts is what running answers leave.
    var isPaced: Bool { schedule == .interleaved && !running.isEmpty }

    /// The pieces of prompts of a pass, oldest prompts first.
    ///
    /// - Parameters:
    ///   - rows: at most.
    ///   - wanted: rows with logits, at most.
    func pieces(rows: Int, wanted: Int, into pieces: inout [Piece]) {
        pieces.removeAll(keepingCapacity: true)
        var rows = rows
        var wanted = wanted
        for prompt in prompts {
            guard rows > 0, wanted > 0 else { return }
            var count = min(rows, prompt.ticket.promptLength - prompt.done)
            if prompt.ticket.isScored { count = min(count, wanted) }
            let end = prompt.done + count
            let isWhole = end == prompt.ticket.promptLength
            let withLogits = prompt.ticket.isScored ? count : isWhole ? 1 : 0
            pieces.append(
                Piece(
                    prompt: prompt, rows: prompt.done..<end, wanted: count - withLogits..<count))
            rows -= count
            wanted -= withLogits
        }
    }

    /// Takes note that pieces have been run; prompts that are whole leave, and their slots are whose
    /// they were.
    mutating func advance(_ pieces: [Piece]) {
        // They are the first prompts, in their order.
        for (index, piece) in pieces.enumerated() { prompts[index].done = piece.rows.upperBound }
        prompts.removeAll { $0.done == $0.ticket.promptLength }
    }

    /// Lets an answer go on that has its first token.
    mutating func resume(slot: Int) { running.append(slot) }

    // MARK: Who goes

    /// Takes an answer out that was running; its slot is free.
    mutating func end(slot: Int) {
        running.removeAll { $0 == slot }
        free(slot: slot)
    }

    /// Gives a slot back whose answer ended with its first token, or with its prompt.
    mutating func free(slot: Int) { freeSlots.append(slot) }

    /// Takes a request out that waits.
    mutating func withdraw(_ request: RequestID) {
        waiting.removeFirst { $0.request == request }
    }

    /// Takes a request out whose prompt is not whole; its slots are free.
    mutating func abandon(_ request: RequestID) {
        guard let index = prompts.firstIndex(where: { $0.ticket.request == request }) else {
            return
        }
        for slot in prompts.remove(at: index).slots { free(slot: slot) }
    }
}
