internal import Basics
internal import Machine

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

    let rank: Int
    let ranks: Int
    let slice: RankSlice
    let slices: UnsafeMutablePointer<UnsafeMutableRawPointer>
    let seats: UnsafeMutableRawPointer
    let patience: Patience
    /// Kept by the meeting.
    let hosts: Unmanaged<HostSums>?

    func sums(_ worker: Worker) -> UnsafeMutablePointer<Float> {
        sums(of: rank, turn: Seat.at(seats, worker.index).pointee.sums)
    }

    func add(to stream: StreamColumns, _ worker: Worker) {
        let seat = Seat.at(seats, worker.index)
        let turn = seat.pointee.sums
        if let hosts {
            addUp(stream, turn, worker, with: hosts)
        } else {
            meet(worker.index)
        }
        // Of several hosts, the speaker has the sums of all.
        let summands = hosts == nil ? ranks : 1
        stream.each { place in
            var sum = StreamColumns.lanes(stream.stream + place)
            // In the order of ranks, in all of them: so all have the same bits.
            for other in 0..<summands {
                sum += StreamColumns.lanes(sums(of: other, turn: turn) + place)
            }
            StreamColumns.set(stream.stream + place, to: sum)
        }
        seat.pointee.sums = turn &+ 1
        seat.pointee.bytes += stream.rows * stream.columns.count * MemoryLayout<Float>.stride
    }

    /// Makes the sums of this host's speaker those of all ranks of all hosts.
    private func addUp(
        _ stream: StreamColumns, _ turn: UInt32, _ worker: Worker, with hosts: Unmanaged<HostSums>
    ) {
        let seat = Seat.at(seats, worker.index)
        come(worker.index)
        if rank == 0 {
            awaitOthers(worker.index)
            let own = sums(of: 0, turn: turn)
            if ranks > 1 {
                stream.each { place in
                    var sum = StreamColumns.lanes(own + place)
                    for other in 1..<ranks {
                        sum += StreamColumns.lanes(sums(of: other, turn: turn) + place)
                    }
                    StreamColumns.set(own + place, to: sum)
                }
            }
            worker.barrier()
            if worker.index == 0 {
                let start = Clock.now()
                hosts._withUnsafeGuaranteedRef { $0.add(own, count: stream.rows * stream.stride) }
                seat.pointee.waitedNanoseconds += Clock.now() - start
                totals.advance()
            }
        }
        wait(for: totals, while: turn, seat)
    }

    /// Comes to a meeting of the threads that drive their ranks, and waits for all; of several hosts, the
    /// speaker of each then does what all are to wait for.
    func talk(_ speak: (HostSums) -> Void) {
        guard let hosts else { return meet(0) }
        let seat = Seat.at(seats, 0)
        come(0)
        if rank == 0 {
            awaitOthers(0)
            let start = Clock.now()
            hosts._withUnsafeGuaranteedRef(speak)
            seat.pointee.waitedNanoseconds += Clock.now() - start
            talks.advance()
        }
        wait(for: talks, while: seat.pointee.talks, seat)
        seat.pointee.talks &+= 1
    }

    /// Waits until the workers with a number have come to their next meeting, those of all ranks of this
    /// host.
    private func meet(_ index: Int) {
        come(index)
        awaitOthers(index)
    }

    private func come(_ index: Int) {
        Seat.at(seats, index).pointee.meetings &+= 1
        meetings(of: rank, index).advance()
    }

    /// Waits until the others have come where this rank has.
    private func awaitOthers(_ index: Int) {
        let seat = Seat.at(seats, index)
        // Who is ahead is so by one meeting, for which it waits for us.
        let before = seat.pointee.meetings &- 1
        for other in 0..<ranks where other != rank {
            wait(for: meetings(of: other, index), while: before, seat)
        }
    }

    private func wait(
        for word: FutexWord, while old: UInt32, _ seat: UnsafeMutablePointer<Seat>
    ) {
        guard word.value == old else { return }
        let start = Clock.now()
        word.wait(while: old)
        seat.pointee.waitedNanoseconds += Clock.now() - start
    }

    func choices(of rank: Int) -> UnsafeMutablePointer<Choice> {
        (slices[rank] + slice.choicesOffset).assumingMemoryBound(to: Choice.self)
    }

    func part(of rank: Int) -> UnsafeMutablePointer<VocabularyPart> {
        (slices[rank] + slice.partOffset).assumingMemoryBound(to: VocabularyPart.self)
    }

    /// (2) what the speaker has heard of rank 0.
    var words: UnsafeMutablePointer<UInt32> {
        (slices[0] + slice.wordsOffset).assumingMemoryBound(to: UInt32.self)
    }

    func logits(of rank: Int, row: Int) -> UnsafeMutablePointer<Float> {
        (slices[rank] + slice.logitsOffset).assumingMemoryBound(to: Float.self)
            + row * slice.logitsWidth
    }

    private func meetings(of rank: Int, _ worker: Int) -> FutexWord {
        word(at: slices[rank] + worker * FutexWord.byteCount)
    }

    private var totals: FutexWord { word(at: slices[0] + slice.totalsOffset) }

    private var talks: FutexWord { word(at: slices[0] + slice.talksOffset) }

    private func word(at place: UnsafeMutableRawPointer) -> FutexWord {
        FutexWord(
            at: place, spinNanoseconds: patience.spin, yieldNanoseconds: patience.yield,
            isShared: true)
    }

    private func sums(of rank: Int, turn: UInt32) -> UnsafeMutablePointer<Float> {
        (slices[rank] + slice.sumsOffset + Int(turn & 1) * slice.sumsByteCount)
            .assumingMemoryBound(to: Float.self)
    }
}

extension StreamColumns {
    fileprivate typealias Lanes = ReducePrecision.Lanes

    /// The places of its lanes, row by row.
    @inline(__always)
    fileprivate func each(_ body: (_ place: Int) -> Void) {
        for row in 0..<rows {
            for column in Swift.stride(
                from: columns.lowerBound, to: columns.upperBound, by: Lanes.scalarCount
            ) {
                body(row * stride + column)
            }
        }
    }

    @inline(__always)
    fileprivate static func lanes(_ place: UnsafeMutablePointer<Float>) -> Lanes {
        UnsafeRawPointer(place).loadUnaligned(as: Lanes.self)
    }

    @inline(__always)
    fileprivate static func set(_ place: UnsafeMutablePointer<Float>, to lanes: Lanes) {
        UnsafeMutableRawPointer(place).storeBytes(of: lanes, as: Lanes.self)
    }
}
