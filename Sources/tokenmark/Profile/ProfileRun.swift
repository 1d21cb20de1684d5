internal import Basics
internal import Machine
internal import Measurement
internal import Profiling
internal import Qwen
internal import Reporting
internal import Sweep

/// Runs one cell with and without recording, in turns.
struct ProfileRun {
    let engine: QwenEngine
    let point: Point
    let seed: UInt64
    /// Pairs of calls.
    let repetitions: Int
    let progress: ProgressView

    /// What came of it.
    struct Outcome {
        /// The call whose response time is the median of the recorded ones.
        let recording: Recording
        /// What was counted beside that call.
        let meter: PhaseMeter
        let pairs: [Profile.Pair]
        let spanNanoseconds: Double
    }

    /// Runs until all repetitions are done or the user has had enough.
    ///
    /// - Throws: what the engine throws for a cell that cannot run here; `Interruption.exitStatus`
    ///   when nothing was recorded yet.
    func run() throws -> Outcome {
        progress.note("warming up")
        try engine.prepare(point)
        guard let session = engine.session else { preconditionFailure("not prepared") }
        let size = session.recordingSize(steps: point.outputLength - 1)
        let recorder = SpanRecorder(
            workers: engine.model.execution.pool.workerCount, capacity: size.spans,
            passes: size.passes)
        let operators = try Operator.all(of: engine.model, at: point.shape)
        _ = try call(recorder: nil)

        var pairs: [Profile.Pair] = []
        var recordings: [(recording: Recording, meter: PhaseMeter)] = []
        for index in 0..<repetitions where !Interruption.isRequested {
            progress.note("pair \(index + 1) of \(repetitions)")
            // Which goes first changes, so that drift hits both alike.
            var plain = index % 2 == 0 ? try call(recorder: nil) : nil
            let before = engine.measureRoof()
            let recorded = try call(recorder: recorder)
            let meter = engine.meter
            let after = engine.measureRoof()
            guard let meter else { preconditionFailure("nothing was counted") }
            let recording = Recording(
                recorder, shape: point.shape, operators: operators,
                hostCosts: HostCosts(
                    point.shape, vocabularySize: engine.identity.vocabularySize),
                trace: recorded, roofs: (before, after))
            recordings.append((recording, meter))
            plain = try plain ?? call(recorder: nil)
            if let plain {
                pairs.append(
                    Profile.Pair(plain: duration(of: plain), recorded: duration(of: recorded)))
            }
        }
        let order = pairs.indices.sorted { pairs[$0].recorded < pairs[$1].recorded }
        guard !order.isEmpty else { throw Interruption.exitStatus }
        let median = recordings[order[(order.count - 1) / 2]]
        return Outcome(
            recording: median.recording, meter: median.meter, pairs: pairs,
            spanNanoseconds: Self.spanNanoseconds())
    }

    private func call(recorder: SpanRecorder?) throws -> Trace {
        engine.record(into: recorder)
        // In every call, so that they differ in what is recorded alone.
        engine.meter = PhaseMeter(point.shape, cpus: engine.cpus)
        var trace = Trace(capacity: point.outputLength)
        _ = try engine.run(Workload(shape: point.shape, seed: seed), into: &trace)
        engine.record(into: nil)
        return trace
    }

    private func duration(of trace: Trace) -> Double {
        Sample(shape: point.shape, detail: trace).responseNanoseconds
    }

    /// What a span with its three stamps takes, in nanoseconds.
    static func spanNanoseconds() -> Double {
        let count = 100_000
        let recorder = SpanRecorder(workers: 1, capacity: count, passes: 0)
        let lane = recorder.lane(0)
        let start = Clock.now()
        for _ in 0..<count {
            lane.begin(0)
            lane.end()
            lane.released()
        }
        return Double(Clock.now() - start) / Double(count)
    }
}
