import Measurement
import Reporting
import Sweep
import TestSupport

/// A sweep whose every time is known, for reports that can be written down as a whole.
///
/// Of n steps the first forward takes 35.638963 ms a sequence, the k-th 15.5 + 0.1·(k−1) ms; pre and
/// post take 1 and 2 ms in step 1, then 0.5 and 0.25 ms; 3 ms pass before the first step and 1 ms
/// after the last. The last cell fails.
struct ScriptedSweep {
    var grid = Grid(
        batches: [1, 2], pairs: [LengthPair(4, 3), LengthPair(8, 1)], warmup: 0)
    var faults = [
        ScriptedEngine.Fault("b2-i8-o1", .run(call: 0), .fail("out of pages, \"all\" of them"))
    ]

    var costs: PhaseCosts?
    var roofs: [Roof] = []

    /// Runs it into the sink.
    @discardableResult
    func run(
        into sink: any Sink, after earlier: EarlierResults = EarlierResults(),
        isCancelled: @escaping () -> Bool = { false }
    ) throws -> Outcome {
        let engine = ScriptedEngine { workload, step in
            step == 0
                ? .init(
                    pre: 1_000_000, forward: 35_638_963 * UInt64(workload.batch), post: 2_000_000)
                : .init(pre: 500_000, forward: 15_500_000 + 100_000 * UInt64(step), post: 250_000)
        }
        engine.entry = 3_000_000
        engine.exit = 1_000_000
        engine.faults = faults
        engine.costs = costs
        engine.roofs = roofs
        return try Runner(grid.expand(), engine: engine, sink: sink, isCancelled: isCancelled)
            .run(after: earlier)
    }

    /// Its rows.
    func rows() throws -> [Row] {
        let sink = RecordingSink()
        try run(into: sink)
        return sink.results.map { Row($0, in: grid) }
    }

    var manifest: Manifest {
        Manifest(
            toolVersion: "0.1.0", commandLine: ["tokenmark", "sweep"],
            buildConfiguration: "debug", engine: ScriptedEngine().identity, grid: grid,
            startedAt: Timestamp(seconds: 1_700_000_000),
            clockEpoch: ClockEpoch(monotonicNanoseconds: 5, unixNanoseconds: 7))
    }
}
