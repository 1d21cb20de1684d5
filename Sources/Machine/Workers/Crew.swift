import Synchronization

/// What the threads of a pool share.
final class Crew: @unchecked Sendable {
    // Sendable: `body` and `isDismissed` are written by the caller only while no worker looks:
    // before `start` advances, which the workers await, and after `finish`, where all have
    // arrived. Each slot of `pins` is written by one worker, before it arrives at `finish`.

    private let workerCount: Int
    private let teams: [Int]
    private let start: Futex
    private let finish: Barrier
    private let meeting: Barrier
    private var body: (@Sendable (Worker) -> Void)?
    private var isDismissed = false
    private let pins: UnsafeMutablePointer<PinOutcome?>

    /// - Parameter teams: the team of each worker, numbered from 0.
    init(teams: [Int], spinNanoseconds: UInt64) {
        self.teams = teams
        workerCount = teams.count
        var counts = Array(repeating: 0, count: (teams.max() ?? 0) + 1)
        for team in teams { counts[team] += 1 }
        start = Futex(spinNanoseconds: spinNanoseconds)
        finish = Barrier(teams: counts, spinNanoseconds: spinNanoseconds)
        meeting = Barrier(teams: counts, spinNanoseconds: spinNanoseconds)
        pins = .allocate(capacity: workerCount)
        pins.initialize(repeating: nil, count: workerCount)
    }

    deinit {
        pins.deinitialize(count: workerCount)
        pins.deallocate()
    }

    func worker(_ index: Int) -> Worker {
        Worker(index: index, count: workerCount, team: teams[index], meeting: meeting)
    }

    /// Runs `body` on all workers, the calling thread being `first`.
    func run(_ body: @escaping @Sendable (Worker) -> Void, as first: Worker) {
        self.body = body
        start.advance()
        body(first)
        finish.wait(team: first.team)
        self.body = nil
    }

    /// What a thread of the pool does from its first to its last moment.
    func serve(as worker: Worker, cpu: Int?) {
        // Not start.value: a thread that begins late must not miss its dismissal.
        var seen: UInt32 = 0
        pins[worker.index] = .pinCallingThread(worker: worker.index, cpu: cpu)
        finish.arrive(team: worker.team)
        while true {
            start.wait(while: seen)
            seen &+= 1
            if isDismissed { return }
            body?(worker)
            finish.arrive(team: worker.team)
        }
    }

    /// Where the other workers sit, once all have tried.
    ///
    /// - Precondition: All threads have been launched.
    func awaitPins(count: Int) -> [PinOutcome] {
        finish.wait(team: teams[0])
        return (0..<count).compactMap { pins[$0 + 1] }
    }

    /// Ends these threads and waits until they have ended.
    ///
    /// - Precondition: No run is under way.
    func dismiss(_ threads: [OwnThread]) {
        isDismissed = true
        start.advance()
        for thread in threads { thread.join() }
    }
}
