internal import Basics
internal import Machine

/// Where the ranks of a model on one host meet: in memory that all of them see.
///
/// Each rank has a slice: for each of its workers a number of the meetings that it has come to, sums
/// of the residual stream in two buffers that are used in turns, and the largest logits of its part
/// of the vocabulary. A worker meets those with its number in the other ranks, as they have the same
/// columns; nobody waits for the rest.
///
/// One wait for each sum is enough: who writes into a buffer again has been to the meeting in between, to
/// which the others came when they had read it.
package final class RankMeeting {
    let rank: Int
    let ranks: Int
    private let workers: Int
    private let makeSlices: (_ byteCount: Int) throws -> [UnsafeMutableRawPointer]
    private let seats: UnsafeMutableRawPointer
    private let slices: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private let patience: Ranks.Patience
    private var layout = RankSlice(workers: 1, rows: 1, width: 1, wanted: 1)
    private var choices: [Choice] = []

    /// - Parameters:
    ///   - workers: of each rank.
    ///   - isCrowded: whether there are fewer cores than workers of all ranks, so that who waits must
    ///     let others run.
    ///   - slices: gives a slice of zeros for each rank, in their order, that all ranks see; those that it
    ///     gave before are gone then. All ranks call it as often, with the same size, and it returns
    ///     when all slices are there.
    package init(
        rank: Int, of ranks: Int, workers: Int, isCrowded: Bool,
        slices makeSlices: @escaping (_ byteCount: Int) throws -> [UnsafeMutableRawPointer]
    ) {
        precondition(0..<ranks ~= rank && workers > 0)
        self.rank = rank
        self.ranks = ranks
        self.workers = workers
        self.makeSlices = makeSlices
        patience = isCrowded ? .crowded : .alone
        slices = .allocate(capacity: ranks)
        seats = .allocate(byteCount: workers * Seat.stride, alignment: Seat.stride)
    }

    deinit {
        seats.deallocate()
        slices.deallocate()
    }

    /// Makes room for the steps of a session, together with all ranks.
    ///
    /// - Throws: what the memory is refused with; in all ranks or in none.
    func open(for plan: SessionPlan) throws {
        layout = RankSlice(
            workers: workers, rows: plan.stepRows, width: plan.workspace.hiddenWidth,
            wanted: plan.wantedRows)
        choices = Array(repeating: Choice(token: -1, logit: 0), count: plan.wantedRows)
        let bases = try makeSlices(layout.byteCount)
        precondition(bases.count == ranks, "a slice for each rank")
        slices.update(from: bases, count: ranks)
        for index in 0..<workers { Seat.at(seats, index).initialize(to: Seat()) }
    }

    /// As the workers see it: trivial, and valid until the meeting is opened again or gone.
    var view: Ranks {
        Ranks(
            rank: rank, ranks: ranks, slice: layout, slices: slices, seats: seats,
            patience: patience)
    }

    /// Waits until all ranks are here, so that what comes begins at the same time in all.
    package func begin() { view.meet(0) }

    /// Finds the token with the largest logit of all ranks for each of the first rows that were wanted;
    /// the lowest id among equals.
    ///
    /// - Parameter largest: that of this rank's part; nil where none is a number.
    func choose(count: Int, _ largest: (Int) -> (token: Int32, logit: Float)?) {
        let view = self.view
        let own = view.choices(of: rank)
        for index in 0..<count {
            let found = largest(index)
            own[index] = Choice(token: found?.token ?? -1, logit: found?.logit ?? 0)
        }
        // Nobody writes here again before the next step has added up its sums, for which all come.
        view.meet(0)
        for index in 0..<count {
            var best = view.choices(of: 0)[index]
            for other in 1..<ranks {
                let choice = view.choices(of: other)[index]
                guard choice.token >= 0 else { continue }
                if best.token < 0 || choice.logit > best.logit { best = choice }
            }
            choices[index] = best
        }
    }

    /// What `choose` found.
    func choice(_ index: Int) -> (token: Int32, logit: Float)? {
        let choice = choices[index]
        return choice.token < 0 ? nil : (choice.token, choice.logit)
    }

    /// What this rank has spent here since the meeting was opened.
    package var exchange: RankExchange {
        var exchange = RankExchange()
        for index in 0..<workers {
            let seat = Seat.at(seats, index).pointee
            exchange.waitedNanoseconds += seat.waitedNanoseconds
            exchange.bytes += seat.bytes
        }
        exchange.waitedNanoseconds /= UInt64(workers)
        return exchange
    }
}

/// What a rank has spent on others.
package struct RankExchange: Sendable, Equatable {
    /// For them, mean over the workers.
    package var waitedNanoseconds: UInt64 = 0
    /// What it let each of them read.
    package var bytes = 0

    package init() {}
}

/// A token that a rank would choose; a negative one where it has none.
struct Choice {
    let token: Int32
    let logit: Float
}

/// Where in a rank's slice things lie.
struct RankSlice {
    let workers: Int
    let width: Int
    let choicesOffset: Int
    let sumsOffset: Int
    /// Bytes of one of the two buffers.
    let sumsByteCount: Int
    let byteCount: Int

    /// - Parameters:
    ///   - rows: of the largest step.
    ///   - width: of the residual stream, in whole panels.
    ///   - wanted: rows of a step whose logits are wanted, at most.
    init(workers: Int, rows: Int, width: Int, wanted: Int) {
        self.workers = workers
        self.width = width
        choicesOffset = workers * FutexWord.byteCount
        sumsOffset = (choicesOffset + wanted * MemoryLayout<Choice>.stride)
            .roundedUp(toMultipleOf: FutexWord.byteCount)
        sumsByteCount = (rows * width * MemoryLayout<Float>.stride)
            .roundedUp(toMultipleOf: FutexWord.byteCount)
        byteCount = sumsOffset + 2 * sumsByteCount
    }
}

/// What a worker of this rank remembers from meeting to meeting.
private struct Seat {
    static let stride = 128

    var meetings: UInt32 = 0
    var sums: UInt32 = 0
    var waitedNanoseconds: UInt64 = 0
    var bytes = 0

    /// Each on cache lines of its own.
    static func at(_ seats: UnsafeMutableRawPointer, _ index: Int) -> UnsafeMutablePointer<Seat> {
        (seats + index * stride).assumingMemoryBound(to: Seat.self)
    }
}

/// One of several ranks, as its workers see it.
struct Ranks: Reducing, @unchecked Sendable {
    // Sendable: a worker writes into its own seat and columns alone, and reads those of others after
    // they have met; the meeting is kept as long as any worker runs.

    static var isAlone: Bool { false }

    /// How long who waits holds its core, in nanoseconds.
    struct Patience {
        let spin: UInt64
        let yield: UInt64

        /// With a core for each worker.
        static let alone = Patience(spin: WorkerPool.spinNanoseconds, yield: 0)
        /// With fewer: whom it waits for may need this very core.
        static let crowded = Patience(
            spin: WorkerPool.oversubscribedSpinNanoseconds, yield: 50_000)
    }

    fileprivate let rank: Int
    fileprivate let ranks: Int
    fileprivate let slice: RankSlice
    fileprivate let slices: UnsafeMutablePointer<UnsafeMutableRawPointer>
    fileprivate let seats: UnsafeMutableRawPointer
    fileprivate let patience: Patience

    func sums(_ worker: Worker) -> UnsafeMutablePointer<Float> {
        sums(of: rank, turn: Seat.at(seats, worker.index).pointee.sums)
    }

    func add(to stream: StreamColumns, _ worker: Worker) {
        let seat = Seat.at(seats, worker.index)
        let turn = seat.pointee.sums
        meet(worker.index)
        for row in 0..<stream.rows {
            for column in Swift.stride(
                from: stream.columns.lowerBound, to: stream.columns.upperBound,
                by: Lanes.scalarCount
            ) {
                let place = row * stream.stride + column
                var sum = Self.lanes(stream.stream + place)
                // In the order of ranks, in all of them: so all have the same bits.
                for other in 0..<ranks { sum += Self.lanes(sums(of: other, turn: turn) + place) }
                UnsafeMutableRawPointer(stream.stream + place).storeBytes(of: sum, as: Lanes.self)
            }
        }
        seat.pointee.sums = turn &+ 1
        seat.pointee.bytes += stream.rows * stream.columns.count * MemoryLayout<Float>.stride
    }

    /// Waits until the workers with a number have come to their next meeting, those of all ranks.
    fileprivate func meet(_ index: Int) {
        let seat = Seat.at(seats, index)
        let before = seat.pointee.meetings
        seat.pointee.meetings = before &+ 1
        meetings(of: rank, index).advance()
        for other in 0..<ranks where other != rank {
            // Who is ahead is so by one meeting, for which it waits for us.
            let theirs = meetings(of: other, index)
            guard theirs.value == before else { continue }
            let start = Clock.now()
            theirs.wait(while: before)
            seat.pointee.waitedNanoseconds += Clock.now() - start
        }
    }

    fileprivate func choices(of rank: Int) -> UnsafeMutablePointer<Choice> {
        (slices[rank] + slice.choicesOffset).assumingMemoryBound(to: Choice.self)
    }

    private func meetings(of rank: Int, _ worker: Int) -> FutexWord {
        FutexWord(
            at: slices[rank] + worker * FutexWord.byteCount, spinNanoseconds: patience.spin,
            yieldNanoseconds: patience.yield, isShared: true)
    }

    private func sums(of rank: Int, turn: UInt32) -> UnsafeMutablePointer<Float> {
        (slices[rank] + slice.sumsOffset + Int(turn & 1) * slice.sumsByteCount)
            .assumingMemoryBound(to: Float.self)
    }

    /// As many channels as a panel has.
    private typealias Lanes = SIMD16<Float>

    private static func lanes(_ place: UnsafeMutablePointer<Float>) -> Lanes {
        UnsafeRawPointer(place).loadUnaligned(as: Lanes.self)
    }
}
