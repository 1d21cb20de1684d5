import Glibc
package import Measurement
package import Sweep

/// An engine that takes the time it is told to take, on a clock that only it moves, and fails where
/// it is told to fail.
package final class ScriptedEngine: Engine, CostCounting, RoofMeasuring, MemoryCounting, Restartable
{
    /// The durations of one step, in nanoseconds.
    package struct Step {
        package var pre: UInt64
        package var forward: UInt64
        package var post: UInt64

        package init(pre: UInt64, forward: UInt64, post: UInt64) {
            self.pre = pre
            self.forward = forward
            self.post = post
        }
    }

    /// Something that goes wrong at a chosen place.
    package struct Fault {
        package enum Place: Equatable {
            case prepare
            /// The call with this number since the point was prepared, counted from 0.
            case run(call: Int)
        }

        package enum Kind {
            case fail(String)
            case skip(String)
            /// The first sequence ends this many tokens early.
            case short(by: Int)
            /// The end of the call is not stamped.
            case unstamped
            /// The process dies of this signal.
            case die(signal: Int32)
            /// Memory is filled until something stops it.
            case fillMemory
            /// The call never ends.
            case stall
            /// Half an answer is written, and the process ends as if all were well.
            case halfAnswer
        }

        package var point: String
        package var place: Place
        package var kind: Kind

        package init(_ point: String, _ place: Place, _ kind: Kind) {
            self.point = point
            self.place = place
            self.kind = kind
        }
    }

    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    package struct Refusal: PointStatusError, CustomStringConvertible {
        package let description: String

        package var status: Status { .skipped }
    }

    package var identity = EngineIdentity(
        engine: "scripted", model: "tiny", precision: "f32", vocabularySize: 100,
        parameterCount: 1234)
    package var fingerprint = Fingerprint([("script", "linear")])
    package var memoryEstimate: MemoryEstimate?
    package var faults: [Fault] = []
    package var costs: PhaseCosts?
    /// The answers of successive measurements of the roof; none when they are used up.
    package var roofs: [Roof] = []

    /// From the entry of the call to the first step, and from the last step to the end.
    package var entry: UInt64 = 0
    package var exit: UInt64 = 0
    /// What getting ready for a point takes, in nanoseconds; `isNew` after a restart.
    package var preparation: (_ point: Point, _ isNew: Bool) -> UInt64 = { _, _ in 0 }
    /// What a measurement of the roof takes, in nanoseconds.
    package var roofTime: UInt64 = 0

    private let clock: ManualClock
    private let journal: Journal
    private let step: (Workload, Int) -> Step
    private var prepared: Point?
    private var callCount = 0
    private var isNew = false

    /// Makes an engine whose `step` gives the durations of a step of a workload, counted from 0.
    package init(
        clock: ManualClock = ManualClock(), journal: Journal = Journal(),
        step: @escaping (Workload, Int) -> Step = ScriptedEngine.linear
    ) {
        self.clock = clock
        self.journal = journal
        self.step = step
    }

    /// 1 µs a prompt token, 10 µs a step and 2 µs a sequence; 1 µs before and after each forward.
    package static func linear(_ workload: Workload, _ step: Int) -> Step {
        let batch = UInt64(workload.batch)
        let forward =
            step == 0 ? 1000 * batch * UInt64(workload.inputLength) : 10_000 + 2000 * batch
        return Step(pre: 1000, forward: forward, post: 1000)
    }

    package func memoryEstimate(for point: Point) -> MemoryEstimate? { memoryEstimate }

    package func memoryUse() -> MemoryUse? { nil }

    package func costs(of point: Point) -> PhaseCosts? { costs }

    package func measureRoof() -> Roof? {
        clock.advance(by: roofTime)
        guard !roofs.isEmpty else { return nil }
        journal.note("roof")
        return roofs.removeFirst()
    }

    package func restart() {
        journal.note("restart")
        isNew = true
    }

    package func prepare(_ point: Point, positions: Int) throws {
        journal.note("prepare \(point)")
        prepared = point
        callCount = 0
        clock.advance(by: preparation(point, isNew))
        isNew = false
        try fault(at: .prepare).map(raise)
    }

    package func run(_ workload: Workload) throws -> Observation {
        journal.note(
            "run b\(workload.batch)-i\(workload.inputLength)-o\(workload.outputLength)")
        let fault = fault(at: .run(call: callCount))
        callCount += 1
        try fault.map(raise)

        let inputs = (0..<workload.batch).map {
            workload.requests?[$0].inputLength ?? workload.inputLength
        }
        let limits = (0..<workload.batch).map {
            workload.requests?[$0].outputLimit ?? workload.outputLength
        }
        let steps = limits.max() ?? 0
        var trace = Trace(
            capacity: workload.stampsSteps ? steps : 0, stampsSteps: workload.stampsSteps)
        let start = clock.now
        clock.advance(by: entry)
        for index in 0..<steps {
            let durations = step(workload, index)
            trace.append(
                step: StepStamps(
                    loopTop: clock.now,
                    inputsPrepared: clock.advance(by: durations.pre),
                    forwardDone: clock.advance(by: durations.forward),
                    tokenBooked: clock.advance(by: durations.post)))
        }
        clock.advance(by: exit)
        if case .unstamped = fault {} else { trace.stampCall(entry: start, end: clock.now) }

        var generator = SeededGenerator(seed: workload.seed)
        var sequences = limits.map { limit in
            (0..<limit).map { _ in Int.random(in: 0..<100, using: &generator) }
        }
        if case .short(let missing) = fault { sequences[0].removeLast(missing) }
        return Observation(
            batch: trace, inputs: inputs, Completion(sequences: sequences))
    }

    private func fault(at place: Fault.Place) -> Fault.Kind? {
        faults.first { $0.point == prepared?.id && $0.place == place }?.kind
    }

    private func raise(_ fault: Fault.Kind) throws {
        switch fault {
        case .fail(let reason): throw Failure(description: reason)
        case .skip(let reason): throw Refusal(description: reason)
        case .short, .unstamped: break
        case .die(let number):
            signal(number, SIG_DFL)
            kill(getpid(), number)
        case .fillMemory:
            while true {
                let chunk = UnsafeMutableRawPointer.allocate(byteCount: 16 << 20, alignment: 4096)
                chunk.initializeMemory(as: UInt8.self, repeating: 1, count: 16 << 20)
                usleep(1000)
            }
        case .stall:
            // But not when the test that waits for it has died.
            let parent = getppid()
            while getppid() == parent { usleep(100_000) }
            Glibc.exit(1)
        case .halfAnswer:
            let half = "{\"ran\":{\"_0\":{\"entry\":12"
            _ = half.withCString { write(STDOUT_FILENO, $0, half.utf8.count) }
            Glibc.exit(0)
        }
    }
}
