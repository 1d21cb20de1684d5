import Basics
import CLinuxShims
import Synchronization

/// A number on which threads wait until it changes: spinning first, then asleep in the kernel.
///
/// Spinning answers within nanoseconds but holds the core; sleeping frees it and costs two system
/// calls, some microseconds. Both words have a cache line of their own.
final class Futex: Sendable {
    /// Two cache lines: the prefetcher of x86 fetches them in pairs.
    static let paddedBytes = 128

    // The words live outside of the object, since the kernel needs a stable address.
    private nonisolated(unsafe) let words: UnsafeMutableRawPointer
    private nonisolated(unsafe) let word: UnsafeMutablePointer<Atomic<UInt32>>
    /// How many threads are asleep or about to be, so that a change nobody sleeps through is free
    /// of system calls.
    private nonisolated(unsafe) let sleepers: UnsafeMutablePointer<Atomic<UInt32>>
    private let spinNanoseconds: UInt64

    /// - Parameter spinNanoseconds: How long a waiting thread spins before it sleeps.
    init(spinNanoseconds: UInt64) {
        words = .allocate(byteCount: 2 * Self.paddedBytes, alignment: Self.paddedBytes)
        word = words.bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        sleepers = (words + Self.paddedBytes).bindMemory(to: Atomic<UInt32>.self, capacity: 1)
        word.initialize(to: Atomic(0))
        sleepers.initialize(to: Atomic(0))
        self.spinNanoseconds = spinNanoseconds
    }

    deinit {
        word.deinitialize(count: 1)
        sleepers.deinitialize(count: 1)
        words.deallocate()
    }

    /// The number; everything written before it was advanced to this value can be read.
    var value: UInt32 {
        word.pointee.load(ordering: .acquiring)
    }

    /// Moves on to the next number and wakes everyone who waits.
    ///
    /// Everything written before can be read by those who see the new number.
    func advance() {
        word.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
        // Sequentially consistent with `sleep`: either we see the sleeper here, or it sees the
        // new number there.
        if sleepers.pointee.load(ordering: .sequentiallyConsistent) > 0 {
            cls_futex_wake_all(UnsafeRawPointer(word))
        }
    }

    /// Returns once the number is not `old` any more.
    func wait(while old: UInt32) {
        if spin(while: old) { return }
        sleep(while: old)
    }

    /// Spins for a while; whether the number has changed.
    private func spin(while old: UInt32) -> Bool {
        if value != old { return true }
        guard spinNanoseconds > 0 else { return false }
        let start = Clock.now()
        repeat {
            // The length of a pause differs by a factor of 30 between cores, so time bounds the
            // spin; the clock is read rarely, as it costs as much as many pauses.
            for _ in 0..<64 {
                cls_cpu_relax()
                if value != old { return true }
            }
        } while Clock.now() - start < spinNanoseconds
        return false
    }

    private func sleep(while old: UInt32) {
        sleepers.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while word.pointee.load(ordering: .sequentiallyConsistent) == old {
            cls_futex_wait(UnsafeRawPointer(word), old)
        }
        sleepers.pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }
}
