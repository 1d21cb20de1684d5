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
///
/// Where there are other hosts, the first rank of each speaks for those on it: it adds up their sums, then
/// those of the hosts, and the others wait for that.
package final class RankMeeting {
    let rank: Int
    let ranks: Int
    private let workers: Int
    private let makeSlices: (_ byteCount: Int) throws -> [UnsafeMutableRawPointer]
    private let seats: UnsafeMutableRawPointer
    private let slices: UnsafeMutablePointer<UnsafeMutableRawPointer>
    private let patience: Ranks.Patience
    /// nil where all ranks are on this host.
    let hosts: HostSums?
    private var layout = RankSlice(workers: 1, rows: 1, width: 1, wanted: 1, logits: 0)
    /// What this rank has of the vocabulary, and the logits of all; none where they are not gathered.
    private(set) var part = 0..<0
    private(set) var gathered = GatheredLogits(rows: 0, vocabulary: 0)
    private var choices: [Choice] = []
    /// How often rank 0 was asked.
    var agreements = 0

    /// - Parameters:
    ///   - rank: which one this is of those on this host.
    ///   - ranks: on this host.
    ///   - workers: of each rank.
    ///   - isCrowded: whether there are fewer cores than workers of all ranks, so that who waits must
    ///     let others run.
    ///   - hosts: what joins this host to others; nil where there are none.
    ///   - slices: gives a slice of zeros for each rank, in their order, that all ranks of this host see;
    ///     those that it gave before are gone then. All call it as often, with the same size, and it
    ///     returns when all slices are there.
    package init(
        rank: Int, of ranks: Int, workers: Int, isCrowded: Bool, hosts: HostSums? = nil,
        slices makeSlices: @escaping (_ byteCount: Int) throws -> [UnsafeMutableRawPointer]
    ) {
        precondition(0..<ranks ~= rank && workers > 0)
        self.rank = rank
        self.ranks = ranks
        self.workers = workers
        self.hosts = hosts
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
    /// - Parameter share: what this rank has of the model, where the logits of all are gathered in each.
    /// - Throws: what the memory is refused with; in all ranks or in none.
    func open(for plan: SessionPlan, gathering share: RankShare? = nil) throws {
        try open(
            rows: plan.stepRows, width: plan.workspace.hiddenWidth, wanted: plan.wantedRows,
            gathering: share)
    }

    /// - Parameter width: of the residual stream, in whole panels.
    func open(rows: Int, width: Int, wanted: Int, gathering share: RankShare? = nil) throws {
        let vocabulary = share?.whole.vocabularySize ?? 0
        part = share?.vocabulary ?? 0..<0
        gathered = GatheredLogits(rows: wanted, vocabulary: vocabulary)
        layout = RankSlice(
            workers: workers, rows: rows, width: width, wanted: wanted,
            logits: share.map { hosts == nil ? $0.mostTokens : gathered.width } ?? 0)
        choices = Array(repeating: Choice(token: -1, logit: 0), count: wanted)
        let bases = try makeSlices(layout.byteCount)
        precondition(bases.count == ranks, "a slice for each rank")
        slices.update(from: bases, count: ranks)
        for index in 0..<workers { Seat.at(seats, index).initialize(to: Seat()) }
        view.part(of: rank).initialize(
            to: VocabularyPart(first: Int32(part.lowerBound), count: Int32(part.count)))
        if rank == 0 {
            hosts?.open(count: max(rows * width, wanted * gathered.width), wanted: wanted)
        }
    }

    /// As the workers see it: trivial, and valid until the meeting is opened again or gone.
    var view: Ranks {
        Ranks(
            rank: rank, ranks: ranks, slice: layout, slices: slices, seats: seats,
            patience: patience, hosts: hosts.map { .passUnretained($0) })
    }

    /// Waits until all ranks are here, so that what comes begins at the same time in all.
    package func begin() {
        view.talk { $0.meet() }
    }

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
        view.talk { hosts in
            for index in 0..<count {
                for other in 1..<ranks { own[index].yield(to: view.choices(of: other)[index]) }
            }
            hosts.choose(own, count: count)
        }
        let best = view.choices(of: 0)
        for index in 0..<count {
            choices[index] = best[index]
            // The speaker has done so for all.
            guard hosts == nil else { continue }
            for other in 1..<ranks { choices[index].yield(to: view.choices(of: other)[index]) }
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
