import Glibc
import Isolation
import Measurement
import Sweep
import TestSupport
import Testing

/// A sweep over an engine in another process, and what becomes of it when that process dies.
@Suite struct WorkerEngineTests {
    private static func command(
        _ faults: String, timeout: Double? = nil, memoryLimit: Int? = nil
    ) -> WorkerEngine.Command {
        WorkerEngine.Command(
            program: program, arguments: [], environment: ["SCRIPTED_FAULTS": faults],
            pointTimeout: timeout, memoryLimit: memoryLimit)
    }

    /// Beside the test program, where the build puts both.
    private static let program: String = {
        var path = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &path, path.count - 1)
        let text = String(
            decoding: path[..<max(count, 0)].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return text.split(separator: "/", omittingEmptySubsequences: false).dropLast()
            .joined(separator: "/") + "/scripted-worker"
    }()

    /// A shell that hands its pipes to what it starts; when it is asked to end it ends that first.
    private static func launched(
        _ faults: String, memoryLimit: Int? = nil
    ) -> WorkerEngine.Command {
        var command = command(faults, memoryLimit: memoryLimit)
        command.arguments = [
            "-c", "exec 3<&0; \(program) <&3 & trap \"kill -9 $!; wait; exit\" TERM; wait",
        ]
        command.program = "/bin/sh"
        command.isLauncher = true
        return command
    }

    private static let point = Point(batch: 2, inputLength: 4, outputLength: 3)

    @Test func theContractOfEnginesIsKept() throws {
        let engine = try WorkerEngine { _ in Self.command("") }
        #expect(engine.facts == [[:]: "{\"scripted\":true}"])
        #expect(
            try EngineContract.violations(
                of: engine, at: Self.point, onRealClock: false) == [])
    }

    @Test func stampsAndTokensAreThoseOfTheEngine() throws {
        let engine = try WorkerEngine { _ in Self.command("") }
        let local = ScriptedEngine()
        for stampsSteps in [true, false] {
            let workload = Workload(
                shape: Self.point.shape, seed: 5, stampsSteps: stampsSteps)
            var seen: [Observation] = []
            for engine in [engine, local] as [any Engine] {
                try engine.prepare(Self.point)
                seen.append(try engine.run(workload))
            }
            #expect(seen[0].outputHash == seen[1].outputHash)
            #expect(seen[0].requestCount == 2 && seen[0].isLockStep)
            let traces = seen.compactMap(\.steps)
            #expect(traces[0].steps.map(\.forward) == traces[1].steps.map(\.forward))
            #expect(traces[0].isComplete && traces[0].stampsSteps == stampsSteps)
        }
    }

    /// Twelve cells, four of which end their process each in its own way.
    @Test func aSweepOutlivesItsCells() throws {
        let engine = try WorkerEngine { _ in
            Self.command(
                "b1-i8-o2/1=kill b2-i4-o3/0=segv b3-i4-o3/0=memory b4-i8-o2/0=stall",
                timeout: 5, memoryLimit: 400 << 20)
        }
        let grid = Grid(
            batches: [1, 2, 3, 4],
            pairs: [LengthPair(4, 3), LengthPair(8, 2), LengthPair(16, 1)],
            repetitions: 2, warmup: 0)
        let sink = RecordingSink()
        let outcome = try Runner(grid.expand(), engine: engine, sink: sink).run()
        #expect(
            outcome.statuses == [
                .ok, .crash, .ok, .crash, .ok, .ok, .oom, .ok, .ok, .ok, .timeout, .ok,
            ])
        #expect(outcome.ending == .completed)
        #expect(engine.startCount == 5)
        let reasons = sink.results.compactMap(\.reason)
        #expect(reasons[0] == "the worker process died of SIGKILL")
        #expect(reasons[1] == "the worker process died of SIGSEGV")
        #expect(reasons[2].contains("over the limit of \(400 << 20)"))
        #expect(reasons[3].contains("5.0 s"))
        // What was measured before the process died is kept.
        #expect(sink.results[1].repetitions.count == 1)
    }

    @Test func halfAnAnswerIsACrash() throws {
        let engine = try WorkerEngine { _ in Self.command("b2-i4-o3/0=half") }
        try engine.prepare(Self.point)
        #expect(
            throws: WorkerFailure(
                status: .crash, reason: "the worker process ended with exit status 0")
        ) { try engine.run(Workload(shape: Self.point.shape, seed: 1)) }
    }

    @Test func whatTheEngineSaysOfAPointComesThrough() throws {
        let engine = try WorkerEngine { _ in Self.command("b2-i4-o3/0=skip b2-i4-o3/1=fail") }
        try engine.prepare(Self.point)
        let workload = Workload(shape: Self.point.shape, seed: 1)
        #expect(throws: WorkerFailure(status: .skipped, reason: "told to skip")) {
            try engine.run(workload)
        }
        #expect(throws: WorkerFailure(status: .failed, reason: "told to fail")) {
            try engine.run(workload)
        }
        #expect(engine.startCount == 1)
    }

    /// A process is started with one setting of the machine.
    @Test func anotherSettingGetsAnotherProcess() throws {
        let engine = try WorkerEngine([.threads: 1]) { setting in
            Self.command("t\(setting[.threads]?.count ?? 0)")
        }
        var point = Self.point
        for (threads, starts) in [(1, 1), (1, 1), (2, 2), (1, 3)] {
            point.setting = [.threads: .count(threads)]
            try engine.prepare(point)
            #expect(engine.startCount == starts)
        }
        #expect(engine.facts.keys.map { $0[.threads]?.count ?? 0 }.sorted() == [1, 2])
    }

    /// A group that is asked to stop is asked as a whole; the parent ends its workers in order.
    @Test func aWorkerLeavesSignalsToItsParent() throws {
        let engine = try WorkerEngine { _ in Self.command("") }
        try engine.prepare(Self.point)
        for signal in [SIGTERM, SIGINT, SIGHUP] {
            kill(try #require(engine.processIdentifier), signal)
            _ = try engine.run(Workload(shape: Self.point.shape, seed: 1))
        }
        #expect(engine.startCount == 1)
    }

    /// From its first instruction on: this one never comes to say what it ignores.
    @Test func aWorkerThatHangsAtItsStartIsATimeout() throws {
        #expect(
            throws: WorkerFailure(
                status: .timeout,
                reason: "the worker process has not loaded its model in the 0.2 s of a cell; ended")
        ) { try WorkerEngine { _ in Self.command("hang", timeout: 0.2) } }
    }

    /// Who has met may take longer to load; who does not meet is ended before a cell's time is over.
    @Test func processesOfALauncherMeetInTime() throws {
        var command = Self.command("meet", timeout: 60)
        command.meetingTimeout = 60
        #expect(try WorkerEngine { _ in command }.facts == [[:]: "{}"])
        command = Self.launched("hang")
        command.meetingTimeout = 0.2
        #expect(
            throws: WorkerFailure(
                status: .timeout,
                reason: "the launcher of the ranks has not brought them together within 0.2 s: a "
                    + "host cannot be reached, or not from another; ended")
        ) { try WorkerEngine { _ in command } }
    }

    /// One that has lost a rank says so and can do nothing more, whether it ends by itself or not.
    @Test func theLastWordsOfRanksAreACrash() throws {
        #expect(
            throws: WorkerFailure(status: .crash, reason: "rank 1 (process 7) has died")
        ) { try WorkerEngine { _ in Self.command("lost") } }
    }

    @Test func aLauncherEndsWithAllThatItHasStarted() throws {
        let engine = try WorkerEngine { _ in Self.launched("") }
        try engine.prepare(Self.point)
        _ = try engine.run(Workload(shape: Self.point.shape, seed: 1))
        let group = try #require(engine.processIdentifier)
        #expect(getpgid(group) == group)
        engine.restart()
        #expect(kill(-group, 0) == -1 && errno == ESRCH)
        try engine.prepare(Self.point)
        #expect(engine.startCount == 2)
    }

    /// Not for the launcher itself, which is small.
    @Test func aLimitOnMemoryHoldsForWhatALauncherStarts() throws {
        let limit = 400 << 20
        let engine = try WorkerEngine { _ in
            Self.launched("b2-i4-o3/1=memory", memoryLimit: limit)
        }
        try engine.prepare(Self.point)
        let workload = Workload(shape: Self.point.shape, seed: 1)
        _ = try engine.run(workload)
        let peak = try #require(engine.peakBytes)
        #expect(1...limit ~= peak)
        let failure = #expect(throws: WorkerFailure.self) { try engine.run(workload) }
        #expect(failure?.status == .oom)
        #expect(failure?.reason.contains("over the limit of \(limit)") == true)
        #expect(try #require(engine.peakBytes) > limit)
        #expect(engine.processIdentifier == nil)
    }

    @Test func aRefusalIsForTheUser() {
        #expect {
            try WorkerEngine { _ in Self.command("refuse") }
        } throws: { "\($0)" == "no such model" }
    }

    @Test func aProcessThatDiesAtOnceOrIsNotThereIsSaid() {
        #expect(
            throws: WorkerFailure(
                status: .crash, reason: "the worker process ended with exit status 7")
        ) { try WorkerEngine { _ in Self.command("die") } }
        #expect(throws: WorkerFailure.self) {
            try WorkerEngine { _ in WorkerEngine.Command(program: "/no/such/program", arguments: [])
            }
        }
    }
}
