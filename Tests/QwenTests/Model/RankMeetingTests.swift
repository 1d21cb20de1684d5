import Foundation
import Kernels
import Machine
import Testing

@testable import Qwen

/// Sums and choices of ranks that are threads of this process.
@Suite struct RankMeetingTests {
    private static let model = ModelConfiguration(
        name: "tiny", architecture: .qwen2, hiddenSize: 64, layerCount: 1, headCount: 4,
        kvHeadCount: 4, headDimension: 16, intermediateSize: 64, vocabularySize: 64,
        maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)

    private static func plan() throws -> SessionPlan {
        try SessionPlan(
            model, precision: .f32, cache: .f32, batch: 2, capacity: 4, workers: 1)
    }

    /// Runs a rank on a thread of its own, as often as there are ranks.
    private static func each(
        _ ranks: Int, _ body: @escaping @Sendable (_ rank: Int, RankMeeting) -> Void
    ) throws {
        let slices = SharedSlices(ranks: ranks)
        let group = DispatchGroup()
        for rank in 0..<ranks {
            let meeting = RankMeeting(
                rank: rank, of: ranks, workers: 1, isCrowded: true, slices: slices.make)
            try meeting.open(for: plan())
            nonisolated(unsafe) let opened = meeting
            group.enter()
            Thread.detachNewThread {
                body(rank, opened)
                group.leave()
            }
        }
        group.wait()
        withExtendedLifetime(slices) {}
    }

    /// More ranks than cores, many rounds, each with other numbers: a buffer that was written too early
    /// would be seen.
    @Test(arguments: [2, 3, 5])
    func sumsAreThoseOfAllRanksInTheirOrder(ranks: Int) throws {
        let rounds = 200
        let results = Results(count: ranks)
        try Self.each(ranks) { rank, meeting in
            let width = 48
            let stream = UnsafeMutablePointer<Float>.allocate(capacity: 2 * width)
            stream.initialize(repeating: 0.1, count: 2 * width)
            defer { stream.deallocate() }
            let pool = try? WorkerPool(placement: .unpinned(threads: 1))
            let view = meeting.view
            nonisolated(unsafe) let place = stream
            for round in 0..<rounds {
                pool?.run { worker in
                    let sums = view.sums(worker)
                    for index in 0..<2 * width { sums[index] = Self.number(rank, round, index) }
                    view.add(
                        to: StreamColumns(stream: place, stride: width, rows: 2, columns: 16..<48),
                        worker)
                }
            }
            results[rank] = Array(UnsafeBufferPointer(start: stream, count: 2 * width))
            results.exchanged[rank] = meeting.exchange.bytes
        }
        var expected = [Float](repeating: 0.1, count: 96)
        for round in 0..<rounds {
            for index in 0..<96 where index % 48 >= 16 {
                for rank in 0..<ranks { expected[index] += Self.number(rank, round, index) }
            }
        }
        for rank in 0..<ranks {
            #expect(results[rank] == expected, "rank \(rank)")
            #expect(results.exchanged[rank] == rounds * 2 * 32 * 4)
        }
    }

    /// Two ranks on each of two hosts, two workers a rank: the sums of a host, then those of the hosts.
    @Test func sumsOfAllHosts() throws {
        let (hosts, here, rounds, width) = (2, 2, 50, 64)
        let hall = HostHall(hosts: hosts)
        let results = Results(count: hosts * here)
        let group = DispatchGroup()
        let memory = (0..<hosts).map { _ in SharedSlices(ranks: here) }
        for index in 0..<hosts * here {
            let (host, place) = (index / here, index % here)
            let meeting = RankMeeting(
                rank: place, of: here, workers: 2, isCrowded: true,
                hosts: HostSums(hall.exchange(of: host), .f32), slices: memory[host].make)
            try meeting.open(for: Self.plan())
            nonisolated(unsafe) let opened = meeting
            group.enter()
            Thread.detachNewThread {
                results[index] = Self.rounds(rounds, index, opened, width: width)
                group.leave()
            }
        }
        group.wait()
        withExtendedLifetime(memory) {}
        var expected = [Float](repeating: 0.1, count: 2 * width)
        for round in 0..<rounds {
            for index in expected.indices {
                let ofHosts = (0..<hosts).map { host in
                    Self.number(host * here, round, index)
                        + Self.number(host * here + 1, round, index)
                }
                expected[index] += ofHosts[0] + ofHosts[1]
            }
        }
        // What all ranks have found of three tokens comes last.
        for rank in 0..<hosts * here { #expect(results[rank] == expected + [30], "rank \(rank)") }
    }

    /// The stream of a rank after so many sums, and then the token that all choose: the last rank's.
    private static func rounds(
        _ rounds: Int, _ rank: Int, _ meeting: RankMeeting, width: Int
    ) -> [Float] {
        let stream = UnsafeMutablePointer<Float>.allocate(capacity: 2 * width)
        stream.initialize(repeating: 0.1, count: 2 * width)
        defer { stream.deallocate() }
        let pool = try? WorkerPool(placement: .unpinned(threads: 2))
        let view = meeting.view
        nonisolated(unsafe) let place = stream
        meeting.begin()
        for round in 0..<rounds {
            pool?.run { worker in
                let columns = worker.index * width / 2..<(worker.index + 1) * width / 2
                let sums = view.sums(worker)
                for row in 0..<2 {
                    for column in columns {
                        let index = row * width + column
                        sums[index] = number(rank, round, index)
                    }
                }
                view.add(
                    to: StreamColumns(stream: place, stride: width, rows: 2, columns: columns),
                    worker)
            }
        }
        meeting.choose(count: 1) { _ in (Int32(rank * 10), Float(rank)) }
        return Array(UnsafeBufferPointer(start: stream, count: 2 * width))
            + [Float(meeting.choice(0)?.token ?? -1)]
    }

    /// Of which no sum in another order has the same bits.
    private static func number(_ rank: Int, _ round: Int, _ index: Int) -> Float {
        Float((rank * 7919 + round * 104_729 + index * 31) % 1009) / 7 - 70
    }

    @Test func theLargestLogitWinsAndTheLowestIDAmongEquals() throws {
        let results = Results(count: 3)
        try Self.each(3) { rank, meeting in
            // Two rows: (none, 5 at 20, 5 at 40), (−1 at 3, none, −2 at 41); then none at all.
            let first: [(token: Int32, logit: Float)?] = [nil, (20, 5), (40, 5)]
            let second: [(token: Int32, logit: Float)?] = [(3, -1), nil, (41, -2)]
            meeting.choose(count: 2) { $0 == 0 ? first[rank] : second[rank] }
            let found = (0..<2).map { meeting.choice($0)?.token ?? -1 }
            meeting.begin()
            meeting.choose(count: 1) { _ in nil }
            results[rank] = (found + [meeting.choice(0)?.token ?? -1]).map(Float.init)
        }
        for rank in 0..<3 { #expect(results[rank] == [20, 3, -1]) }
    }

    /// What each rank has found, written by its own thread alone.
    private final class Results: @unchecked Sendable {
        private let places: UnsafeMutablePointer<[Float]>
        let exchanged: UnsafeMutablePointer<Int>
        private let count: Int

        init(count: Int) {
            self.count = count
            places = .allocate(capacity: count)
            places.initialize(repeating: [], count: count)
            exchanged = .allocate(capacity: count)
            exchanged.initialize(repeating: 0, count: count)
        }

        deinit {
            places.deinitialize(count: count)
            places.deallocate()
            exchanged.deallocate()
        }

        subscript(_ rank: Int) -> [Float] {
            get { places[rank] }
            set { places[rank] = newValue }
        }
    }
}
