import CLinuxShims
import Glibc

/// A thread that does one thing and ends with it; whoever starts it joins it once.
package final class OwnThread: Sendable {
    private let thread: pthread_t

    /// - Parameters:
    ///   - name: of the thread, at most 15 bytes, for debuggers.
    ///   - leavesPin: whether it runs where the calling thread could before a pool pinned that one,
    ///     rather than on its CPU.
    /// - Throws: `MachineError.threadNotStarted` if the system has no more threads to give.
    package init(
        name: String, index: Int = 0, leavesPin: Bool, _ body: @escaping @Sendable () -> Void
    ) throws(MachineError) {
        let start = Start(
            name: name, mask: leavesPin ? PinnedCaller.originalMask : nil, body: body)
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
            throw .threadNotStarted(index: index, error: ErrorNumber(code))
        }
        self.thread = thread
    }

    /// Waits until it has ended.
    package func join() { pthread_join(thread, nil) }

    /// What it needs to begin.
    private final class Start: Sendable {
        private let name: String
        private let mask: CPUSet?
        private let body: @Sendable () -> Void

        init(name: String, mask: CPUSet?, body: @escaping @Sendable () -> Void) {
            self.name = name
            self.mask = mask
            self.body = body
        }

        func run() {
            // The name serves debuggers only, and where the kernel refuses the mask it works where it is.
            _ = cls_set_thread_name(name)
            if let mask { _ = CPUAffinity.set(mask) }
            body()
        }
    }
}
