internal import Basics
internal import Machine
internal import Measurement
package import Profiling
internal import Qwen
package import Reporting
package import Sweep

/// Runs one cell with and without recording, in turns.
package struct ProfileRun {
    package let engine: QwenEngine
    package let point: Point
    package let seed: UInt64
    /// Pairs of calls.
    package let repetitions: Int
    package let caller: Caller

    package init(
        _ engine: QwenEngine, at point: Point, seed: UInt64, repetitions: Int,
        caller: Caller = Caller()
    ) {
        self.engine = engine
        self.point = point
        self.seed = seed
        self.repetitions = repetitions
        self.caller = caller
    }

    /// What came of it.
    package struct Outcome {
        /// The call whose response time is the median of the recorded ones.
        package let recording: Recording
        /// What was counted beside that call.
        package let meter: PhaseMeter
        package let pairs: [Profile.Pair]
        package let spanNanoseconds: Double
    }

    /// Runs until all repetitions are done or the user has had enough.
    ///
    /// - Throws: what the engine throws for a cell that cannot run here; ``NothingMeasured``
    ///   when it was asked to stop before that.
    package func run() throws -> Outcome {
        caller.progress?.note("warming up")
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
        for index in 0..<repetitions where !caller.isCancelled() {
            caller.progress?.note("pair \(index + 1) of \(repetitions)")
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
                    point.shape, vocabularySize: engine.model.configuration.vocabularySize),
                trace: recorded, roofs: (before, after))
            recordings.append((recording, meter))
            plain = try plain ?? call(recorder: nil)
            if let plain {
                pairs.append(
                    Profile.Pair(plain: duration(of: plain), recorded: duration(of: recorded)))
            }
        }
        let order = pairs.indices.sorted { pairs[$0].recorded < pairs[$1].recorded }
        guard !order.isEmpty else { throw NothingMeasured() }
        let median = recordings[order[(order.count - 1) / 2]]
        return Outcome(
            recording: median.recording, meter: median.meter, pairs: pairs,
            spanNanoseconds: Self.spanNanoseconds())
    }

    private func call(recorder: SpanRecorder?) throws -> Trace {
        engine.record(into: recorder)
        // In every call, so that they differ in what is recorded alone.
        engine.meter = PhaseMeter(point.shape, cpus: engine.cpus)
        let observation = try engine.run(Workload(shape: point.shape, seed: seed))
        engine.record(into: nil)
        guard let trace = observation.steps else {
            preconditionFailure("the core stamps its steps")
        }
        return trace
    }

    private func duration(of trace: Trace) -> Double {
        Sample(shape: point.shape, detail: trace).responseNanoseconds
    }

    /// What a span with its three stamps takes, in nanoseconds.
    package static func spanNanoseconds() -> Double {
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
