import Basics
import CLinuxShims
import Glibc
import Synchronization

/// A number in memory on which threads wait until it changes: spinning first, then giving way to
/// others, then asleep in the kernel.
///
/// Spinning answers within nanoseconds but holds the core; sleeping frees it and costs two system
/// calls, some microseconds. Both words have a cache line of their own.
package struct FutexWord: @unchecked Sendable {
    // Sendable: both words are atomic, and everything else is constant.

    /// Two cache lines: the prefetcher of x86 fetches them in pairs.
    static let paddedBytes = 128

    /// Of the memory that it takes.
    package static let byteCount = 2 * paddedBytes

    private let word: UnsafeMutablePointer<Atomic<UInt32>>
    /// How many threads are asleep or about to be, so that a change nobody sleeps through is free
    /// of system calls.
    private let sleepers: UnsafeMutablePointer<Atomic<UInt32>>
    private let spinNanoseconds: UInt64
    private let yieldNanoseconds: UInt64
    private let isShared: Bool

    /// - Parameters:
    ///   - memory: `byteCount` bytes, zeros or such a number already, which stay while anybody waits.
    ///   - spinNanoseconds: How long a waiting thread spins.
    ///   - yieldNanoseconds: How long it gives way to others afterwards, before it sleeps.
    ///   - isShared: Whether threads of several processes see the memory.
    package init(
        at memory: UnsafeMutableRawPointer, spinNanoseconds: UInt64, yieldNanoseconds: UInt64 = 0,
        isShared: Bool = false
    ) {
        word = memory.assumingMemoryBound(to: Atomic<UInt32>.self)
        sleepers = (memory + Self.paddedBytes).assumingMemoryBound(to: Atomic<UInt32>.self)
        self.spinNanoseconds = spinNanoseconds
        self.yieldNanoseconds = yieldNanoseconds
        self.isShared = isShared
    }

    /// The number; everything written before it was advanced to this value can be read.
    package var value: UInt32 {
        word.pointee.load(ordering: .acquiring)
    }

    /// Moves on to the next number and wakes everyone who waits.
    ///
    /// Everything written before can be read by those who see the new number.
    package func advance() {
        word.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
        // Sequentially consistent with `sleep`: either we see the sleeper here, or it sees the
        // new number there.
        if sleepers.pointee.load(ordering: .sequentiallyConsistent) > 0 {
            cls_futex_wake_all(UnsafeRawPointer(word), isShared)
        }
    }

    /// Returns once the number is not `old` any more.
    package func wait(while old: UInt32) {
        if spin(while: old) || yield(while: old) { return }
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

    /// Lets others run on the core for a while; whether the number has changed.
    private func yield(while old: UInt32) -> Bool {
        guard yieldNanoseconds > 0 else { return false }
        let start = Clock.now()
        repeat {
            sched_yield()
            if value != old { return true }
        } while Clock.now() - start < yieldNanoseconds
        return false
    }

    private func sleep(while old: UInt32) {
        sleepers.pointee.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while word.pointee.load(ordering: .sequentiallyConsistent) == old {
            cls_futex_wait(UnsafeRawPointer(word), old, isShared)
        }
        sleepers.pointee.wrappingSubtract(1, ordering: .sequentiallyConsistent)
    }
}

/// A number of this process on which its threads wait.
package final class Futex: Sendable {
    // Outside of the object, since the kernel needs a stable address.
    private nonisolated(unsafe) let memory: UnsafeMutableRawPointer
    private let word: FutexWord

    /// - Parameter spinNanoseconds: How long a waiting thread spins before it sleeps.
    package init(spinNanoseconds: UInt64) {
        memory = .allocate(
            byteCount: FutexWord.byteCount, alignment: FutexWord.paddedBytes)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: FutexWord.byteCount)
        word = FutexWord(at: memory, spinNanoseconds: spinNanoseconds)
    }

    deinit {
        memory.deallocate()
    }

    /// As of `FutexWord`.
    package var value: UInt32 { word.value }

    package func advance() { word.advance() }

    package func wait(while old: UInt32) { word.wait(while: old) }
}
