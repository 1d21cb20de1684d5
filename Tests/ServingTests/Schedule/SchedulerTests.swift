import Testing

@testable import Serving

/// Who is admitted, read and answered, traced by hand.
@Suite struct SchedulerTests {
    private static func ticket(
        _ number: UInt64, _ promptLength: Int, answers: Int = 1, isScored: Bool = false
    ) -> Scheduler.Ticket {
        Scheduler.Ticket(
            request: RequestID(number: number), promptLength: promptLength, answers: answers,
            isScored: isScored)
    }

    /// Admits whoever may be; their numbers and slots.
    private static func admitAll(
        _ scheduler: inout Scheduler, done: Int = 0, isClosing: Bool = false
    ) -> [String] {
        var admitted: [String] = []
        while let (ticket, slot) = scheduler.next(isClosing: isClosing) {
            let slots = scheduler.admit(done: done)
            #expect(slots[0] == slot)
            admitted.append("\(ticket.request.number) in \(slots)")
        }
        return admitted
    }

    /// The pieces of a pass, as request, rows and those with logits; they are run.
    private static func read(
        _ scheduler: inout Scheduler, rows: Int, wanted: Int = 64
    ) -> [String] {
        var pieces: [Scheduler.Piece] = []
        scheduler.pieces(rows: rows, wanted: wanted, into: &pieces)
        scheduler.advance(pieces)
        return pieces.map {
            "\($0.prompt.ticket.request.number): \($0.rows) \($0.wanted)"
                + ($0.endsPrompt ? " end" : "")
        }
    }

    @Test func theyAreAdmittedInTheOrderOfTheirArrivalAndNobodyOvertakes() {
        var scheduler = Scheduler(slots: 3, schedule: .interleaved)
        #expect(scheduler.isIdle)
        for (number, answers) in [(1, 1), (2, 1), (3, 2), (4, 1)] as [(UInt64, Int)] {
            scheduler.enqueue(Self.ticket(number, 5, answers: answers))
        }
        // One slot is left, the third request needs two, and the fourth waits behind it.
        #expect(Self.admitAll(&scheduler) == ["1 in [0]", "2 in [1]"])
        #expect(scheduler.waitingCount == 2)
        #expect(scheduler.freeSlotCount == 1)
        scheduler.abandon(RequestID(number: 1))
        #expect(Self.admitAll(&scheduler) == ["3 in [0, 2]"])
        scheduler.withdraw(RequestID(number: 4))
        scheduler.withdraw(RequestID(number: 9))
        #expect(scheduler.waitingCount == 0)
        #expect(!scheduler.isIdle)
    }

    @Test func aPassReadsTheOldestPromptsAsFarAsItsRowsReach() {
        var scheduler = Scheduler(slots: 4, schedule: .interleaved)
        for (number, length) in [(1, 100), (2, 30), (3, 50)] as [(UInt64, Int)] {
            scheduler.enqueue(Self.ticket(number, length))
        }
        _ = Self.admitAll(&scheduler)
        #expect(Self.read(&scheduler, rows: 64) == ["1: 0..<64 64..<64"])
        #expect(
            Self.read(&scheduler, rows: 64) == ["1: 64..<100 35..<36 end", "2: 0..<28 28..<28"])
        #expect(Self.read(&scheduler, rows: 1) == ["2: 28..<29 1..<1"])
        #expect(
            Self.read(&scheduler, rows: 64) == ["2: 29..<30 0..<1 end", "3: 0..<50 49..<50 end"])
        #expect(scheduler.prompts.isEmpty)
        // They have slots still: their answers begin.
        #expect(scheduler.freeSlotCount == 1)
    }

    @Test func whatTheCacheHasIsNotRead() {
        var scheduler = Scheduler(slots: 1, schedule: .interleaved)
        scheduler.enqueue(Self.ticket(1, 100))
        _ = Self.admitAll(&scheduler, done: 64)
        #expect(Self.read(&scheduler, rows: 512) == ["1: 64..<100 35..<36 end"])
    }

    /// All rows of a scored prompt have logits, for which there is room of 10.
    @Test func promptsThatAreScoredAreReadAsFarAsThereIsRoomForLogits() {
        var scheduler = Scheduler(slots: 3, schedule: .interleaved)
        scheduler.enqueue(Self.ticket(1, 3))
        scheduler.enqueue(Self.ticket(2, 15, isScored: true))
        scheduler.enqueue(Self.ticket(3, 4))
        _ = Self.admitAll(&scheduler)
        #expect(
            Self.read(&scheduler, rows: 64, wanted: 10)
                == ["1: 0..<3 2..<3 end", "2: 0..<9 0..<9"])
        #expect(
            Self.read(&scheduler, rows: 64, wanted: 10)
                == ["2: 9..<15 0..<6 end", "3: 0..<4 3..<4 end"])
    }

    @Test func interleavedAnswersGoOnWhilePromptsAreRead() {
        var scheduler = Scheduler(slots: 2, schedule: .interleaved)
        scheduler.enqueue(Self.ticket(1, 10))
        _ = Self.admitAll(&scheduler)
        #expect(!scheduler.decodes && !scheduler.isPaced)
        _ = Self.read(&scheduler, rows: 64)
        scheduler.resume(slot: 0)
        scheduler.enqueue(Self.ticket(2, 10))
        _ = Self.admitAll(&scheduler)
        #expect(scheduler.decodes && scheduler.isPaced)
        scheduler.end(slot: 0)
        #expect(!scheduler.decodes && !scheduler.isPaced)
        #expect(scheduler.freeSlotCount == 1)
    }

    @Test func prefillFirstLetsAnswersWaitForAllPrompts() {
        var scheduler = Scheduler(slots: 2, schedule: .prefillFirst)
        scheduler.enqueue(Self.ticket(1, 10))
        _ = Self.admitAll(&scheduler)
        _ = Self.read(&scheduler, rows: 64)
        scheduler.resume(slot: 0)
        #expect(scheduler.decodes)
        scheduler.enqueue(Self.ticket(2, 10))
        _ = Self.admitAll(&scheduler)
        #expect(!scheduler.decodes && !scheduler.isPaced)
        _ = Self.read(&scheduler, rows: 64)
        scheduler.resume(slot: 1)
        #expect(scheduler.decodes)
        #expect(scheduler.running == [0, 1])
    }

    @Test func aGangBeginsTogetherAndNobodyJoinsIt() {
        var scheduler = Scheduler(slots: 4, schedule: .gang(2))
        scheduler.enqueue(Self.ticket(1, 10))
        #expect(Self.admitAll(&scheduler) == [])
        scheduler.enqueue(Self.ticket(2, 10))
        scheduler.enqueue(Self.ticket(3, 10))
        #expect(Self.admitAll(&scheduler) == ["1 in [0]", "2 in [1]"])
        _ = Self.read(&scheduler, rows: 10)
        scheduler.resume(slot: 0)
        // In lock step: the first waits for the second's prompt.
        #expect(!scheduler.decodes)
        _ = Self.read(&scheduler, rows: 10)
        scheduler.resume(slot: 1)
        #expect(scheduler.decodes)
        scheduler.enqueue(Self.ticket(4, 10))
        #expect(Self.admitAll(&scheduler) == [])
        scheduler.end(slot: 0)
        #expect(Self.admitAll(&scheduler) == [])
        scheduler.end(slot: 1)
        #expect(Self.admitAll(&scheduler) == ["3 in [1]", "4 in [0]"])
    }

    @Test func aGangThatNobodyElseWillJoinBeginsWithFewer() {
        var scheduler = Scheduler(slots: 4, schedule: .gang(3))
        scheduler.enqueue(Self.ticket(1, 10))
        #expect(Self.admitAll(&scheduler, isClosing: false) == [])
        #expect(Self.admitAll(&scheduler, isClosing: true) == ["1 in [0]"])
    }

    /// There is memory for one alone: it runs, and the other one begins the next gang.
    @Test func aGangGoesWithoutThoseWhoFindNoRoom() {
        var scheduler = Scheduler(slots: 4, schedule: .gang(2))
        for number in 1...3 as ClosedRange<UInt64> { scheduler.enqueue(Self.ticket(number, 10)) }
        #expect(scheduler.next(isClosing: false)?.slot == 0)
        _ = scheduler.admit(done: 0)
        #expect(scheduler.next(isClosing: false)?.ticket.request.number == 2)
        scheduler.leaveWaiting()
        #expect(scheduler.next(isClosing: false) == nil)
        _ = Self.read(&scheduler, rows: 10)
        scheduler.free(slot: 0)
        #expect(scheduler.next(isClosing: false)?.ticket.request.number == 2)
    }

    @Test func theQueueKeepsItsOrderWhoeverLeaves() {
        var queue = ArrivalQueue<Int>()
        var reference: [Int] = []
        var next = 0
        for round in 0..<200 {
            for _ in 0..<(round * 7 % 5) {
                queue.append(next)
                reference.append(next)
                next += 1
            }
            if round % 3 == 0, !reference.isEmpty {
                let gone = reference.remove(at: round * 13 % reference.count)
                queue.removeFirst { $0 == gone }
            }
            if round % 2 == 0, !reference.isEmpty {
                #expect(queue.removeFirst() == reference.removeFirst())
            }
            #expect(queue.count == reference.count)
            #expect(queue.first == reference.first)
        }
    }
}
