import Charts
import Measurement
import Sweep
import TestSupport
import Testing

@testable import Reporting

/// What the first screen of a sweep's page answers.
struct KeyFigureTests {
    private func figures(
        _ sweep: ScriptedSweep, _ change: (inout Manifest) throws -> Void = { _ in }
    ) throws -> [String: KeyFigure] {
        var manifest = sweep.manifest
        try change(&manifest)
        let figures = KeyFigure.figures(of: try sweep.rows(), manifest)
        return Dictionary(uniqueKeysWithValues: figures.map { ($0.name, $0) })
    }

    private var quiet: ScriptedSweep {
        var sweep = ScriptedSweep()
        sweep.faults = []
        sweep.grid.repetitions = 6
        return sweep
    }

    /// Batch 1 takes 41.638963 ms to the first token, and 16.35 and 16.45 ms to the next.
    ///
    /// Batch 2 has 6 tokens in 3 + 1 + 71.277926 + 2 + 32.8 + 1 ms.
    @Test func allThatIsAskedFirstIsAnswered() throws {
        let figures = try figures(quiet)
        #expect(figures.count == 8)
        let first = try #require(figures["Shortest time to first token"])
        #expect(first.value == "41.64" && first.unit == "ms" && first.verdict == .stable)
        #expect(first.sureness == "95 % interval 41.64–41.64 ms")
        #expect(first.lines == ["batch 1, 4 → 3"])
        #expect(figures["Shortest time per next token"]?.value == "16.40")
        let rate = try #require(figures["Highest end-to-end throughput"])
        #expect(rate.value == "54.02" && rate.lines == ["batch 2, 4 → 3"])
        let batch = try #require(figures["Best batch at 50 ms a token or less"])
        #expect(batch.value == "2" && batch.unit == "sequences")
        #expect(
            batch.lines == [
                "54.02 token/s at 16.40 ms a token", "batch 2, 4 → 3",
                "the largest batch that was measured; a larger one may do better",
            ])
        let widest = try #require(figures["Widest 95 % interval"])
        #expect(widest.value == "±0.0")
        #expect(widest.lines == ["of TTFT", "batch 1, 4 → 3", "4 of 4 cells are stable"])
    }

    @Test func whatCannotBeSaidHasAReason() throws {
        let figures = try figures(quiet)
        let fits = try #require(figures["Largest batch that fits"])
        #expect(fits.value == nil)
        #expect(
            fits.lines == [
                "No cell says how much memory it takes.",
                "tokenmark max-batch finds it by running",
            ])
        for phase in ["decode", "prefill"] {
            let limit = try #require(figures["What limits \(phase)"])
            #expect(limit.value == nil)
            #expect(limit.lines == ["The roof of the machine was not measured."])
        }
    }

    @Test func tooFewRepetitionsAreSaidBesideEachNumber() throws {
        var sweep = quiet
        sweep.grid.repetitions = 2
        let figures = try figures(sweep)
        let first = try #require(figures["Shortest time to first token"])
        #expect(first.verdict == .unstable)
        #expect(first.sureness == "n = 2, too few for an interval")
        let widest = try #require(figures["Widest 95 % interval"])
        #expect(widest.value == nil)
        #expect(
            widest.lines == [
                "No cell has the 6 repetitions that an interval needs.",
                "0 of 4 cells are stable",
            ])
    }

    @Test func oneCellSaysThatItIsTheOnlyBatch() throws {
        var sweep = quiet
        sweep.grid.batches = [2]
        sweep.grid.pairs = [LengthPair(4, 3)]
        let figures = try figures(sweep)
        #expect(
            figures["Best batch at 50 ms a token or less"]?.lines.last
                == "the only batch that was measured")
        #expect(
            figures["Widest 95 % interval"]?.lines.last == "1 of 1 cell is stable")
    }

    @Test func answersOfOneTokenHaveNoTimePerToken() throws {
        var sweep = quiet
        sweep.grid.pairs = [LengthPair(8, 1)]
        let figures = try figures(sweep)
        for name in ["Shortest time per next token", "Best batch at 50 ms a token or less"] {
            let figure = try #require(figures[name])
            #expect(figure.value == nil)
            #expect(figure.lines == ["No cell has it."])
        }
    }

    @Test func noBatchWithinTheLimitNamesTheFastest() throws {
        let engine = ScriptedEngine { _, _ in .init(pre: 0, forward: 60_000_000, post: 0) }
        let grid = Grid(batches: [1, 2], pairs: [LengthPair(4, 3)], warmup: 0)
        let sink = RecordingSink()
        _ = try Runner(grid.expand(), engine: engine, sink: sink).run()
        let rows = sink.results.map { Row($0, in: grid) }
        let figure = KeyFigure.figures(of: rows, ScriptedSweep().manifest)[3]
        #expect(figure.value == nil)
        #expect(
            figure.lines == ["None: the shortest is 60.00 ms a token.", "batch 1, 4 → 3"])
    }

    /// Decode reads 29.52 MB in 32.8 ms of 1 GB/s; prefill does 174.63 M operations in 35.638963 ms of
    /// 7 G a second.
    @Test func sharesOfTheRoofsSayWhatLimits() throws {
        var sweep = quiet
        sweep.grid.batches = [1]
        sweep.grid.pairs = [LengthPair(4, 3)]
        sweep.costs = PhaseCosts(
            prefill: Cost(bytes: 1e6, operations: 174.63e6),
            decode: Cost(bytes: 29.52e6, operations: 1e6))
        sweep.roofs = Array(
            repeating: Roof(readBytesPerSecond: 1e9, operationsPerSecond: 7e9), count: 100)
        let figures = try figures(sweep)
        #expect(figures["What limits decode"]?.value == "memory")
        #expect(
            figures["What limits decode"]?.lines == ["reads at 0.90 of the measured bandwidth"])
        #expect(figures["What limits prefill"]?.value == "arithmetic")
        #expect(
            figures["What limits prefill"]?.lines
                == ["does 0.70 of the measured multiply peak"])
    }

    @Test func markupOfAnAnswerEscapesItsWords() {
        let figure = KeyFigure(
            name: "<n>", value: "<v>", unit: "<u>", verdict: .stable, sureness: "<s>",
            lines: ["<l>"])
        #expect(
            figure.markup.text == """
                <div><dt>&lt;n&gt;</dt>
                <dd class="figure">&lt;v&gt; <small>&lt;u&gt;</small></dd>
                <dd>&lt;l&gt;</dd>
                <dd><b class="good">stable</b>, &lt;s&gt;</dd>
                </div>

                """)
        #expect(
            KeyFigure(name: "n", lines: ["why"]).markup.text == """
                <div><dt>n</dt>
                <dd class="figure none">–</dd>
                <dd>why</dd>
                </div>

                """)
    }
}

struct BottleneckTests {
    private let roof = Roof(readBytesPerSecond: 1, operationsPerSecond: 1)

    private func bottleneck(_ shares: [(mbu: Double, mfu: Double)]) -> Bottleneck? {
        Bottleneck(
            shares.compactMap {
                Utilization(Cost(bytes: $0.mbu, operations: $0.mfu), seconds: 1, roof: roof)
            })
    }

    @Test func mostCellsDecide() throws {
        let found = try #require(bottleneck([(0.9, 0.2), (0.7, 0.3), (0.2, 0.8)]))
        #expect(found.kind == .memory)
        #expect(found.count == 2 && found.total == 3)
        #expect(found.reads == 0.7...0.9)
        #expect(bottleneck([(0.6, 0.7)])?.kind == .arithmetic)
    }

    @Test func lessThanHalfOfBothIsNeither() throws {
        let found = try #require(bottleneck([(0.3, 0.49)]))
        #expect(found.kind == .neither)
        #expect(found.multiplies == 0.49...0.49)
        #expect(bottleneck([(0.3, 0.5)])?.kind == .arithmetic)
        #expect(bottleneck([]) == nil)
    }
}

struct FittingBatchTests {
    /// Weights of 1000 bytes, 100 of KV cache a sequence, scratch of 50 and 10 a sequence.
    private func row(
        batch: Int, lengths: LengthPair = LengthPair(4, 2), status: Status = .ok,
        estimate: MemoryEstimate? = nil
    ) throws -> Row {
        let point = Point(batch: batch, lengths)
        let steps = (0..<lengths.output).map { index in
            let time = UInt64(index)
            return StepStamps(
                loopTop: time, inputsPrepared: time, forwardDone: time, tokenBooked: time)
        }
        var repetition = try Repetition(
            point: point, index: 0, seed: 0,
            calls: .detail(
                Observation(
                    lockStep: Trace(callEntry: 0, callEnd: 99, steps: steps), sequences: batch,
                    inputTokens: lengths.input, outputTokens: lengths.output)))
        repetition.memoryEstimate =
            estimate
            ?? MemoryEstimate(
                weightsBytes: 1000, kvCacheBytes: 100 * batch, scratchBytes: 50 + 10 * batch)
        return Row(
            PointResult(point: point, status: status, reason: nil, repetitions: [repetition]),
            in: Grid(batches: [batch], pairs: [lengths]))
    }

    /// 1050 bytes and 110 a sequence.
    @Test func aSequenceTakesWhatOneMoreTook() throws {
        let rows = [try row(batch: 2), try row(batch: 8)]
        let found = try #require(FittingBatch(rows, availableBytes: 3000))
        #expect(found.batch == 17)
        #expect(found.fixedBytes == 1050 && found.bytesPerSequence == 110)
        #expect(found.largestMeasured == 8)
        #expect(FittingBatch(rows, availableBytes: 2920)?.batch == 17)
        #expect(FittingBatch(rows, availableBytes: 2919)?.batch == 16)
    }

    /// 490 bytes of a batch of 4.
    @Test func ofOneBatchItsShareCounts() throws {
        let found = try #require(FittingBatch([try row(batch: 4)], availableBytes: 2000))
        #expect(found.batch == 8)
        #expect(found.bytesPerSequence == 123 && found.fixedBytes == 1000)
    }

    @Test func theLongestLengthsDecide() throws {
        let long = LengthPair(40, 20)
        let rows = [try row(batch: 2), try row(batch: 4, lengths: long)]
        #expect(FittingBatch(rows, availableBytes: 2000)?.lengths == long)
    }

    @Test func whatRanFits() throws {
        let rows = [try row(batch: 2), try row(batch: 8)]
        #expect(FittingBatch(rows, availableBytes: 10)?.batch == 8)
        let failed = [try row(batch: 2, status: .oom), try row(batch: 8, status: .oom)]
        #expect(FittingBatch(failed, availableBytes: 10)?.batch == 0)
    }

    @Test(arguments: [
        MemoryEstimate(weightsBytes: .max, kvCacheBytes: .max, scratchBytes: .max),
        MemoryEstimate(weightsBytes: .min, kvCacheBytes: 0, scratchBytes: 0),
        MemoryEstimate(weightsBytes: 1, kvCacheBytes: -5, scratchBytes: 0),
    ])
    func estimatesWithoutSenseGiveNothing(estimate: MemoryEstimate) throws {
        let rows = [try row(batch: 2, estimate: estimate), try row(batch: 4, estimate: estimate)]
        #expect(FittingBatch(rows, availableBytes: 1000) == nil)
        #expect(FittingBatch([], availableBytes: 1000) == nil)
    }

    @Test func theTightestMemoryCounts() throws {
        var manifest = ScriptedSweep().manifest
        #expect(manifest.usableMemoryBytes == nil)
        try manifest.set(
            "machine",
            to: ["limits": ["memory_available_bytes": 4000, "memory_headroom_bytes": 3000]])
        #expect(manifest.usableMemoryBytes == 3000)
        let figures = KeyFigure.figures(of: [try row(batch: 2), try row(batch: 8)], manifest)
        let figure = try #require(figures.first { $0.name == "Largest batch that fits" })
        #expect(figure.value == "17")
        #expect(
            figure.lines == [
                "of 4 → 2 tokens",
                "computed, not run: 1.03 KiB and 110 B a sequence in 2.93 KiB",
                "tokenmark max-batch finds it by running",
            ])
    }
}
