import Basics
import CLinuxShims
import Glibc

/// A thread of its own that does something again and again, asleep in between; it ends with this
/// object.
final class RepeatingThread: Sendable {
    /// Closed to end the thread, which waits at the other end.
    private let stopper: Int32
    private let stop: Int32
    private let thread: pthread_t

    /// - Parameters:
    ///   - name: of the thread, at most 15 bytes, for debuggers.
    ///   - nanoseconds: from one beginning to the next, at least 1; what takes longer leaves
    ///     beginnings out.
    ///   - body: done first at once. It gets a descriptor that hangs up when the thread is to end, and
    ///     says whether it is to be done again.
    /// - Throws: `MachineError.threadNotStarted`.
    init(
        name: String, every nanoseconds: UInt64,
        _ body: @escaping @Sendable (_ stop: Int32) -> Bool
    ) throws(MachineError) {
        precondition(nanoseconds > 0, "what is done without a pause needs no thread that sleeps")
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else {
            throw .threadNotStarted(index: 0, error: .last)
        }
        let start = Start(
            name: name, nanoseconds: nanoseconds, stop: ends[0],
            // Where a pool has pinned the thread that calls this, the new one would sit on its CPU.
            mask: PinnedCaller.originalMask, body: body)
        let retained = Unmanaged.passRetained(start)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { argument in
                guard let argument else { return nil }
                Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
                return nil
            }, retained.toOpaque())
        guard code == 0 else {
            retained.release()
            close(ends[0])
            close(ends[1])
            throw .threadNotStarted(index: 0, error: ErrorNumber(code))
        }
        stop = ends[0]
        stopper = ends[1]
        self.thread = thread
    }

    deinit {
        close(stopper)
        pthread_join(thread, nil)
        close(stop)
    }

    /// What the thread needs.
    private final class Start: Sendable {
        private let name: String
        private let nanoseconds: UInt64
        private let stop: Int32
        private let mask: CPUSet?
        private let body: @Sendable (Int32) -> Bool

        init(
            name: String, nanoseconds: UInt64, stop: Int32, mask: CPUSet?,
            body: @escaping @Sendable (Int32) -> Bool
        ) {
            self.name = name
            self.nanoseconds = nanoseconds
            self.stop = stop
            self.mask = mask
            self.body = body
        }

        func run() {
            _ = cls_set_thread_name(name)
            // Should the kernel refuse, it works where it is.
            if let mask { _ = CPUAffinity.set(mask) }
            var beginning = Clock.now()
            while body(stop) {
                let now = Clock.now()
                repeat { beginning += nanoseconds } while beginning <= now
                if Self.sleep(until: beginning, stop: stop) { return }
            }
        }

        /// Whether it was woken to end.
        private static func sleep(until time: UInt64, stop: Int32) -> Bool {
            while true {
                let now = Clock.now()
                guard now < time else { return false }
                var descriptor = pollfd(fd: stop, events: 0, revents: 0)
                let milliseconds = Int32(clamping: (time - now) / 1_000_000 + 1)
                if poll(&descriptor, 1, milliseconds) > 0 { return true }
            }
        }
    }
}
