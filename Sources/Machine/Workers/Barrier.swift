import Synchronization

/// A point that threads pass only together, over and over.
///
/// A counter of arrivals and a generation: who arrives last resets the counter and starts the next
/// generation, for which the others wait. (The centralized barrier of Mellor-Crummey and Scott,
/// "Algorithms for Scalable Synchronization on Shared-Memory Multiprocessors", 1991, with a
/// generation in place of the sense.)
final class Barrier: Sendable {
    private let count: UInt32
    private nonisolated(unsafe) let arrivals: UnsafeMutablePointer<Atomic<UInt32>>
    private nonisolated(unsafe) let storage: UnsafeMutableRawPointer
    private let generation: Futex

    /// - Parameters:
    ///   - count: How many threads pass together.
    ///   - spinNanoseconds: How long a waiting thread spins before it sleeps.
    init(count: Int, spinNanoseconds: UInt64) {
        self.count = UInt32(count)
        storage = .allocate(byteCount: Futex.paddedBytes, alignment: Futex.paddedBytes)
        arrivals = storage.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        arrivals.initialize(to: Atomic(0))
        generation = Futex(spinNanoseconds: spinNanoseconds)
    }

    deinit {
        arrivals.deinitialize(count: 1)
        storage.deallocate()
    }

    /// Arrives and returns once all threads have.
    func wait() {
        // Before arriving: afterwards the others may already be a generation further.
        let current = generation.value
        if !arrive() {
            generation.wait(while: current)
        }
    }

    /// Arrives without waiting for the others; whether this thread was the last.
    ///
    /// A thread that does so must learn in another way that the others have arrived, before it
    /// arrives again.
    @discardableResult
    func arrive() -> Bool {
        let arrived = arrivals.pointee.wrappingAdd(1, ordering: .acquiringAndReleasing).newValue
        guard arrived == count else { return false }
        arrivals.pointee.store(0, ordering: .relaxed)
        generation.advance()
        return true
    }
}
