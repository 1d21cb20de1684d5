import Basics
import Glibc

/// A thread of its own that does something again and again, asleep in between; it ends with this
/// object.
final class RepeatingThread: Sendable {
    /// Closed to end the thread, which waits at the other end.
    private let stopper: Int32
    private let stop: Int32
    private let thread: OwnThread

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
        let stop = ends[0]
        do {
            thread = try OwnThread(name: name, leavesPin: true) {
                var beginning = Clock.now()
                while body(stop) {
                    let now = Clock.now()
                    repeat { beginning += nanoseconds } while beginning <= now
                    if Self.sleep(until: beginning, stop: stop) { return }
                }
            }
        } catch {
            close(ends[0])
            close(ends[1])
            throw error
        }
        self.stop = stop
        stopper = ends[1]
    }

    deinit {
        close(stopper)
        thread.join()
        close(stop)
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
