import Foundation
import Measurement
import Sweep
import TestSupport
import Testing

@testable import Isolation

/// What ranks answer together: here they are threads, and speak through memory.
@Suite struct RankServerTests {
    private static let point = Point(batch: 2, inputLength: 4, outputLength: 3)

    /// Runs ranks until `body`, which is their parent, has returned and their input is closed.
    private func withRanks(
        _ engines: [ScriptedEngine], refusals: [Int: String] = [:], tasks: Bool = false,
        _ body: (LineChannel) throws -> Void
    ) throws {
        var toRanks: [Int32] = [-1, -1]
        var fromRanks: [Int32] = [-1, -1]
        #expect(pipe(&toRanks) == 0 && pipe(&fromRanks) == 0)
        let hall = Hall(count: engines.count)
        let ended = DispatchGroup()
        for (rank, engine) in engines.enumerated() {
            nonisolated(unsafe) let engine = engine
            let channel = LineChannel(input: toRanks[0], output: fromRanks[1])
            nonisolated(unsafe) let server = RankServer(ThreadGroup(rank, hall), channel)
            ended.enter()
            Thread.detachNewThread {
                if let refusal = refusals[rank] {
                    server.refuse(refusal)
                } else {
                    server.serve(
                        engine, facts: "\(rank)", joining: { $0.joined(separator: "+") },
                        tasks: tasks ? Counting() : nil)
                }
                ended.leave()
            }
        }
        let result = Result { try body(LineChannel(input: fromRanks[0], output: toRanks[1])) }
        close(toRanks[1])
        // All leave, whatever the parent was told.
        #expect(ended.wait(timeout: .now() + 60) == .success)
        for descriptor in [toRanks[0], fromRanks[0], fromRanks[1]] { close(descriptor) }
        try result.get()
    }

    private func ask(
        _ channel: LineChannel, _ request: WorkerRequest
    ) throws -> WorkerReply {
        try channel.send(request)
        return try channel.receive(WorkerReply.self)
    }

    @Test func allRunAndOneAnswers() throws {
        let engines = (0..<3).map { _ in ScriptedEngine() }
        try withRanks(engines) { channel in
            guard case .ready(let identity, _, let facts) = try channel.receive(WorkerReply.self)
            else {
                Issue.record("not ready")
                return
            }
            #expect(identity == engines[0].identity)
            #expect(facts == "0+1+2")
            guard case .prepared = try ask(channel, .prepare(Self.point, positions: 7)) else {
                Issue.record("not prepared")
                return
            }
            let workload = Workload(shape: Self.point.shape, seed: 5)
            guard case .ran(let run) = try ask(channel, .run(workload)) else {
                Issue.record("not run")
                return
            }
            let observation = try run.observation(of: Self.point.shape)
            #expect(observation.steps?.isComplete == true)
            #expect(observation.outputHash != nil)
        }
    }

    @Test func aRefusalEndsAll() throws {
        let engines = (0..<3).map { _ in ScriptedEngine() }
        try withRanks(engines, refusals: [1: "no such file"]) { channel in
            guard case .refused(let message) = try channel.receive(WorkerReply.self) else {
                Issue.record("not refused")
                return
            }
            #expect(message == "rank 1: no such file")
        }
        // What all say is said once.
        try withRanks(engines, refusals: [0: "no model", 1: "no model", 2: "no model"]) {
            guard case .refused(let message) = try $0.receive(WorkerReply.self) else {
                Issue.record("not refused")
                return
            }
            #expect(message == "no model")
        }
    }

    @Test func theFailureOfOneIsThatOfAll() throws {
        let engines = (0..<2).map { _ in ScriptedEngine() }
        engines[1].faults = [.init("b2-i4-o3", .prepare, .skip("no room"))]
        try withRanks(engines) { channel in
            _ = try channel.receive(WorkerReply.self)
            guard
                case .failed(let status, let reason) = try ask(
                    channel, .prepare(Self.point, positions: 7))
            else {
                Issue.record("did not fail")
                return
            }
            #expect(status == .skipped)
            #expect(reason == "rank 1: no room")
        }
    }

    // MARK: - Tasks

    /// Counts up to what it is told to, or until it is stopped.
    private final class Counting: TaskPerforming {
        struct Failure: Error, CustomStringConvertible { let description = "no number" }

        func perform(
            _ task: String, tell: (String) throws -> Void, isStopped: () -> Bool
        ) throws -> String {
            guard let end = Int(task) else { throw Failure() }
            for count in 0..<end {
                if isStopped() { return "stopped" }
                try tell("\(count)")
                // One that has no end waits for the stop.
                if end > 1000 { usleep(1000) }
            }
            return "done"
        }
    }

    /// All carry a task out, and one speaks.
    @Test func aTaskIsToldAsItComes() throws {
        try withRanks((0..<3).map { _ in ScriptedEngine() }, tasks: true) { channel in
            _ = try channel.receive(WorkerReply.self)
            try channel.send(WorkerRequest.perform(task: "3"))
            for count in 0..<3 {
                guard case .told("\(count)") = try channel.receive(WorkerReply.self) else {
                    Issue.record("not told \(count)")
                    return
                }
            }
            guard case .performed("done") = try channel.receive(WorkerReply.self) else {
                Issue.record("not done")
                return
            }
            guard
                case .failed(_, let reason) = try ask(channel, .perform(task: "three"))
            else {
                Issue.record("not failed")
                return
            }
            #expect(reason == "no number")
        }
    }

    /// A stop that comes too late stops nothing, and is not answered.
    @Test func aTaskIsStopped() throws {
        try withRanks([ScriptedEngine()], tasks: true) { channel in
            _ = try channel.receive(WorkerReply.self)
            try channel.send(WorkerRequest.perform(task: "1000000"))
            try channel.send(WorkerRequest.stop)
            var reply = try channel.receive(WorkerReply.self)
            while case .told = reply { reply = try channel.receive(WorkerReply.self) }
            guard case .performed("stopped") = reply else {
                Issue.record("not stopped: \(reply)")
                return
            }
            try channel.send(WorkerRequest.stop)
            guard case .performed("done") = try ask(channel, .perform(task: "0")) else {
                Issue.record("not done")
                return
            }
        }
    }

    // MARK: - What answers are together

    private static func run(
        _ rank: Int, hash: UInt64, entry: UInt64, steps: [[UInt64]], end: UInt64
    ) throws -> WorkerReply {
        let trace = Trace(
            callEntry: entry, callEnd: end,
            steps: steps.map {
                StepStamps(
                    loopTop: $0[0], inputsPrepared: $0[1], forwardDone: $0[2], tokenBooked: $0[3])
            }, stampsSteps: true)
        var conditions = RunConditions(
            elapsedNanoseconds: 1, involuntarySwitches: 0, minorFaults: 0, majorFaults: 0,
            threads: 1)
        conditions.process = "rank \(rank)"
        return .ran(
            WorkerRun(
                Observation(
                    lockStep: trace, sequences: 1, inputTokens: 4, outputTokens: steps.count,
                    outputHash: hash), [conditions]))
    }

    /// The first to begin, and the last to reach each stamp.
    @Test func stampsAreThoseOfTheLastRank() throws {
        let joined = WorkerReply(
            joining: [
                try Self.run(
                    0, hash: 9, entry: 100, steps: [[101, 110, 200, 205], [206, 207, 300, 301]],
                    end: 302),
                try Self.run(
                    1, hash: 9, entry: 90, steps: [[95, 120, 190, 207], [208, 209, 299, 310]],
                    end: 311),
            ], facts: { $0[0] })
        guard case .ran(let run) = joined else {
            Issue.record("\(joined)")
            return
        }
        #expect(run.observation.entry == 90)
        #expect(run.observation.steps == [[101, 120, 200, 207], [208, 209, 300, 310]])
        #expect(run.observation.end == 311)
        #expect(run.conditions.map(\.process) == ["rank 0", "rank 1"])
        #expect(run.outputHash == 9)
    }

    /// The other host's clock is 1000 ahead, or 60 behind: its stamps count from when the first of its own
    /// ranks began.
    @Test(arguments: [1000, 0 &- 60 as UInt64])
    func stampsOfAnotherHostCountFromItsOwnBeginning(ahead: UInt64) throws {
        func other(_ stamps: [UInt64]) -> [UInt64] { stamps.map { $0 &+ ahead } }
        let joined = WorkerReply(
            joining: [
                try Self.run(0, hash: 9, entry: 100, steps: [[101, 110, 200, 205]], end: 302),
                try Self.run(
                    1, hash: 9, entry: 100 &+ ahead, steps: [other([99, 120, 190, 207])],
                    end: 290 &+ ahead),
                try Self.run(
                    2, hash: 9, entry: 105 &+ ahead, steps: [other([106, 111, 210, 206])],
                    end: 310 &+ ahead),
            ], of: [0, 1, 1], facts: { $0[0] })
        guard case .ran(let run) = joined else {
            Issue.record("\(joined)")
            return
        }
        #expect(run.observation.entry == 100)
        #expect(run.observation.steps == [[106, 120, 210, 207]])
        #expect(run.observation.end == 310)
    }

    @Test func ranksThatDisagreeAreAFailure() throws {
        let replies = try [9, 9, 8].enumerated().map {
            try Self.run($0, hash: $1, entry: 1, steps: [[2, 3, 4, 5]], end: 6)
        }
        guard
            case .failed(.failed, let reason) = WorkerReply(joining: replies, facts: { $0[0] })
        else {
            Issue.record("no failure")
            return
        }
        #expect(reason == "ranks 0 and 2 have chosen different tokens")
    }

    @Test func bytesAndWorkAddUp() throws {
        let estimate = MemoryEstimate(weightsBytes: 3, kvCacheBytes: 5, scratchBytes: 7)
        let costs = PhaseCosts(
            prefill: Cost(bytes: 1, operations: 2), decode: Cost(bytes: 3, operations: 4))
        guard
            case .description(let memory, let sum) = WorkerReply(
                joining: [
                    .description(memory: estimate, costs: costs),
                    .description(memory: estimate, costs: costs),
                ], facts: { $0[0] })
        else {
            Issue.record("no description")
            return
        }
        #expect(memory == MemoryEstimate(weightsBytes: 6, kvCacheBytes: 10, scratchBytes: 14))
        #expect(sum?.prefill == Cost(bytes: 2, operations: 4))
        #expect(sum?.decode == Cost(bytes: 6, operations: 8))
        let roof = Roof(readBytesPerSecond: 10, operationsPerSecond: 20)
        let one = WorkerReply(joining: [.roof(roof), .roof(roof)], facts: { $0[0] })
        guard case .roof(let both) = one else {
            Issue.record("no roof")
            return
        }
        #expect(both == Roof(readBytesPerSecond: 20, operationsPerSecond: 40))
        // What one does not know, nobody knows of all.
        guard
            case .roof(nil) = WorkerReply(joining: [.roof(roof), .roof(nil)], facts: { $0[0] })
        else {
            Issue.record("half a roof")
            return
        }
    }

    @Test func memoryOfAllRanks() throws {
        var one = MemoryUse(peakResidentBytes: 100)
        one.nodeBytes = ["weights": ["0": 5]]
        var other = MemoryUse(peakResidentBytes: 50)
        other.nodeBytes = ["weights": ["0": 1, "1": 2]]
        guard
            case .memory(let use) = WorkerReply(
                joining: [.memory(one), .memory(other)], facts: { $0[0] })
        else {
            Issue.record("no memory")
            return
        }
        #expect(use?.peakResidentBytes == 150)
        #expect(use?.nodeBytes == ["weights": ["0": 6, "1": 2]])
        #expect(use?.weightsHugePageBytes == nil)
    }
}

/// Where threads that are ranks meet.
private final class Hall: @unchecked Sendable {
    let count: Int
    private let condition = NSCondition()
    private var messages: [Int: [UInt8]] = [:]
    private var left = 0

    init(count: Int) { self.count = count }

    /// Lays a message down, and takes those of all ranks when all are there.
    func exchange(_ message: [UInt8], rank: Int) -> [[UInt8]] {
        condition.lock()
        defer { condition.unlock() }
        // Those of the exchange before may not have left yet.
        while messages[rank] != nil { condition.wait() }
        messages[rank] = message
        condition.broadcast()
        while messages.count < count { condition.wait() }
        let all = (0..<count).map { messages[$0] ?? [] }
        left += 1
        if left == count {
            left = 0
            messages = [:]
            condition.broadcast()
        } else {
            // Nobody begins anew while somebody still reads.
            while left != 0 { condition.wait() }
        }
        return all
    }
}

private final class ThreadGroup: RankGroup {
    let rank: Int
    private let hall: Hall

    init(_ rank: Int, _ hall: Hall) {
        self.rank = rank
        self.hall = hall
    }

    var count: Int { hall.count }
    var hosts: [Int] { Array(repeating: 0, count: hall.count) }

    func broadcast(_ message: [UInt8]) -> [UInt8] { hall.exchange(message, rank: rank)[0] }

    func gather(_ message: [UInt8]) -> [[UInt8]] {
        let all = hall.exchange(message, rank: rank)
        return rank == 0 ? all : []
    }
}
