import Synchronization

/// A point that threads pass only together, over and over.
///
/// Threads of one team share a last-level cache. Who arrives last of a team arrives for the team; who
/// arrives last of all teams starts the next generation of each, for which its threads wait. So a
/// line that many threads write or watch stays in one cache, and only one thread of a team goes
/// beyond it. (The combining tree of Yew, Tzeng and Lawrie, 1987, of two levels, with the generation
/// of Mellor-Crummey and Scott's centralized barrier, "Algorithms for Scalable Synchronization on
/// Shared-Memory Multiprocessors", 1991, in place of the sense.)
final class Barrier: Sendable {
    /// Threads that arrive at one counter, and where they wait.
    private struct Team {
        let count: UInt32
        let arrivals: UnsafeMutablePointer<Atomic<UInt32>>
        /// Not counted: the barrier keeps it, and passing it is too frequent for that.
        let generation: Unmanaged<Futex>
    }

    private nonisolated(unsafe) let teams: UnsafeMutableBufferPointer<Team>
    /// Teams that have arrived.
    private nonisolated(unsafe) let teamArrivals: UnsafeMutablePointer<Atomic<UInt32>>
    private nonisolated(unsafe) let storage: UnsafeMutableRawPointer

    /// - Parameters:
    ///   - teams: How many threads each team has; together those that pass.
    ///   - spinNanoseconds: How long a waiting thread spins before it sleeps.
    init(teams counts: [Int], spinNanoseconds: UInt64) {
        precondition(!counts.isEmpty && counts.allSatisfy { $0 > 0 }, "a team has a thread")
        // A counter to every cache line.
        let storage = UnsafeMutableRawPointer.allocate(
            byteCount: (counts.count + 1) * FutexWord.paddedBytes, alignment: FutexWord.paddedBytes)
        func counter(_ index: Int) -> UnsafeMutablePointer<Atomic<UInt32>> {
            let counter = (storage + index * FutexWord.paddedBytes)
                .bindMemory(to: Atomic<UInt32>.self, capacity: 1)
            counter.initialize(to: Atomic(0))
            return counter
        }
        self.storage = storage
        teamArrivals = counter(counts.count)
        teams = .allocate(capacity: counts.count)
        for (index, count) in counts.enumerated() {
            let generation = Futex(spinNanoseconds: spinNanoseconds)
            teams.initializeElement(
                at: index,
                to: Team(
                    count: UInt32(count), arrivals: counter(index),
                    generation: Unmanaged.passRetained(generation)))
        }
    }

    deinit {
        teamArrivals.deinitialize(count: 1)
        for team in teams {
            team.arrivals.deinitialize(count: 1)
            team.generation.release()
        }
        teams.deallocate()
        storage.deallocate()
    }

    /// Arrives as one of a team, and returns once all threads have.
    func wait(team index: Int) {
        teams[index].generation._withUnsafeGuaranteedRef { generation in
            // Before arriving: afterwards the others may already be a generation further.
            let current = generation.value
            if !arrive(team: index) {
                generation.wait(while: current)
            }
        }
    }

    /// Arrives as one of a team, without waiting for the others; whether this thread was the last.
    ///
    /// A thread that does so must learn in another way that the others have arrived, before it
    /// arrives again.
    @discardableResult
    func arrive(team index: Int) -> Bool {
        let team = teams[index]
        guard Self.completes(team.arrivals, team.count) else { return false }
        guard teams.count == 1 || Self.completes(teamArrivals, UInt32(teams.count)) else {
            return false
        }
        for index in teams.indices {
            teams[index].generation._withUnsafeGuaranteedRef { $0.advance() }
        }
        return true
    }

    /// Counts an arrival; the last one sets the counter back, which nobody looks at before the next
    /// generation.
    private static func completes(
        _ arrivals: UnsafeMutablePointer<Atomic<UInt32>>, _ count: UInt32
    ) -> Bool {
        let arrived = arrivals.pointee.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
        guard arrived == count else { return false }
        arrivals.pointee.store(0, ordering: .relaxed)
        return true
    }
}
