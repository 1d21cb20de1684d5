import CLinuxShims
import Synchronization

/// The pin of a thread that is not the pool's own, and what undoes it.
///
/// Pools that live at the same time may pin the same thread, and go in any order: the thread gets
/// its first mask back when the last of them is gone.
struct PinnedCaller {
    let pin: PinOutcome

    private let serial: UInt64
    private let thread: Int32
    private let isCounted: Bool

    /// A thread that at least one pool has pinned.
    private struct PinnedThread {
        /// The mask before the first pin; nil where the kernel does not tell.
        let original: CPUSet?
        var pinCount = 0
    }

    private static let pinnedThreads = Mutex<[UInt64: PinnedThread]>([:])

    /// Pins the calling thread, as worker 0, unless there is no CPU to pin it to.
    init(cpu: Int?) {
        let serial = cls_thread_serial()
        self.serial = serial
        thread = cls_thread_id()
        isCounted = cpu != nil
        if isCounted {
            Self.count(serial)
        }
        pin = .pinCallingThread(worker: 0, cpu: cpu)
    }

    private static func count(_ serial: UInt64) {
        pinnedThreads.withLock { threads in
            threads[serial, default: PinnedThread(original: CPUAffinity.current)].pinCount += 1
        }
    }

    /// The mask that the calling thread had before a pool pinned it; nil if none has.
    static var originalMask: CPUSet? {
        pinnedThreads.withLock { $0[cls_thread_serial()]?.original }
    }

    /// Whether the calling thread is the one that was pinned.
    var isCurrent: Bool {
        serial == cls_thread_serial()
    }

    /// Gives the thread its mask back, if it still lives and no other pool has pinned it.
    func release() {
        let original = Self.pinnedThreads.withLock { threads -> CPUSet? in
            guard isCounted, var pinned = threads[serial] else { return nil }
            pinned.pinCount -= 1
            threads[serial] = pinned.pinCount > 0 ? pinned : nil
            return pinned.pinCount > 0 ? nil : pinned.original
        }
        guard let original, cls_thread_exists(thread) else { return }
        // Should the kernel refuse its own former mask, the pin remains, which harms no result.
        _ = CPUAffinity.set(original, thread: thread)
    }
}
