import Basics
import Charts
import Measurement
import Sweep
import Testing

@testable import Reporting

/// What is said of the ranks of a point.
struct ProcessRowTests {
    private static func repetition(
        _ index: Int, _ shares: [ProcessShare?], setting: Parameters = [:], end: UInt64 = 9
    ) throws -> Repetition {
        var repetition = try Repetition(
            point: Point(batch: 1, inputLength: 1, outputLength: 1, setting: setting),
            index: index, seed: 0,
            calls: .detail(
                Observation(
                    lockStep: Trace(
                        callEntry: 0, callEnd: end,
                        steps: [
                            StepStamps(
                                loopTop: 1, inputsPrepared: 2, forwardDone: 3, tokenBooked: 4)
                        ]),
                    sequences: 1, inputTokens: 1, outputTokens: 1)))
        repetition.conditions = shares.enumerated().map { rank, share in
            var conditions = RunConditions(
                elapsedNanoseconds: 1, involuntarySwitches: 0, minorFaults: 0, majorFaults: 0,
                threads: 1)
            if share != nil { conditions.process = "rank \(rank)" }
            conditions.share = share
            return conditions
        }
        return repetition
    }

    private static func share(
        _ prefill: Int, decode: Int?, waits: (Int, Int), peak: Int?, roof: Double?
    ) -> ProcessShare {
        var share = ProcessShare(
            prefillNanoseconds: prefill, decodeNanoseconds: decode,
            prefillWaitNanoseconds: waits.0, decodeWaitNanoseconds: waits.1, exchangedBytes: 4096,
            peakResidentBytes: peak, cpus: [prefill])
        share.roof = roof.map { Roof(readBytesPerSecond: $0, operationsPerSecond: 2 * $0) }
        return share
    }

    @Test func eachRankHasItsMediansAndItsPeak() throws {
        let slow = Self.share(900, decode: nil, waits: (0, 0), peak: nil, roof: nil)
        let rows = ProcessRow.all([
            try Self.repetition(
                0, [slow, Self.share(100, decode: 300, waits: (10, 30), peak: 7, roof: 5)]),
            try Self.repetition(
                1, [slow, Self.share(200, decode: 500, waits: (20, 90), peak: 9, roof: 1)]),
            try Self.repetition(
                2, [slow, Self.share(120, decode: 480, waits: (30, 60), peak: 8, roof: 3)]),
        ])
        #expect(rows.map(\.name) == ["rank 0", "rank 1"])
        let rank = rows[1]
        #expect(rank.prefill == 120 && rank.decode == 480)
        #expect(rank.prefillWait == 20 && rank.decodeWait == 60)
        #expect(rank.exchangedBytes == 4096)
        #expect(rank.peakResidentBytes == 9)
        #expect(rank.roof == Roof(readBytesPerSecond: 3, operationsPerSecond: 6))
        #expect(rank.cpus == [120])
        // (20 + 60) of (120 + 480).
        #expect(rank.waitShare == 80.0 / 600)
        #expect(rows[0].decode == nil && rows[0].peakResidentBytes == nil && rows[0].roof == nil)
        #expect(rows[0].waitShare == 0)
    }

    @Test func oneProcessHasNone() throws {
        let repetition = try Self.repetition(0, [nil])
        #expect(ProcessRow.all([repetition]).isEmpty)
        let row = Row(
            PointResult(
                point: repetition.point, status: .ok, reason: nil, repetitions: [repetition]),
            in: Grid(batches: [1], pairs: [LengthPair(1, 1)]))
        #expect(PageSection.ranks([row], in: .en) == nil)
    }

    @Test func thePageHasARowForEachRank() throws {
        let share = Self.share(2_500_000, decode: 0, waits: (500_000, 0), peak: 3 << 20, roof: 4e9)
        let repetition = try Self.repetition(0, [share, share])
        let row = Row(
            PointResult(
                point: repetition.point, status: .ok, reason: nil, repetitions: [repetition]),
            in: Grid(batches: [1], pairs: [LengthPair(1, 1)]))
        let section = try #require(PageSection.ranks([row], in: .en))
        let text = section.markup.text
        #expect(text.ranges(of: "rank 1</td>").count == 1)
        for number in [">2.500<", ">0.5000<", ">20.00<", ">3.000<", ">4.000<", ">8.000<"] {
            #expect(text.contains(number), "\(number)")
        }
    }

    /// 900 ns on one rank, 600 and 1800 ns on two and three.
    @Test func cellsOfSeveralRanksStandBesideThatOfOne() throws {
        let share = Self.share(1, decode: nil, waits: (0, 0), peak: nil, roof: nil)
        let ends: [(ranks: Int, end: UInt64)] = [(1, 900), (2, 600), (3, 1800)]
        let rows = try ends.map { ranks, end in
            let repetition = try Self.repetition(
                0, ranks == 1 ? [nil] : Array(repeating: share, count: ranks),
                setting: [.ranks: .count(ranks)], end: end)
            return Row(
                PointResult(
                    point: repetition.point, status: .ok, reason: nil, repetitions: [repetition]),
                in: Grid(batches: [1], pairs: [LengthPair(1, 1)]))
        }
        let text = try #require(PageSection.ranks(rows, in: .en)).markup.text
        #expect(text.contains("<caption>Times as fast as one rank</caption>"))
        #expect(text.contains(">1.500<") && text.contains(">0.5000<"))
        let alone = try #require(PageSection.ranks(Array(rows.dropFirst()), in: .en)).markup.text
        #expect(!alone.contains("as fast as one rank"))
    }
}
