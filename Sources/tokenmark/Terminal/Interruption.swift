internal import Glibc
internal import Synchronization

/// Whether the user pressed Ctrl-C (or the process was asked to terminate).
///
/// The first signal asks what is under way to stop: a sweep after the repetition it is in, an answer
/// after its token. A second one ends the process at once.
enum Interruption {
    private static let count = Atomic<Int>(0)

    /// Starts to listen, also where the parent process had the signals blocked.
    static func listen(to numbers: [Int32] = [SIGINT, SIGTERM]) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers {
            sigaddset(&signals, number)
            signal(number) { number in
                if Interruption.count.wrappingAdd(1, ordering: .relaxed).newValue > 1 {
                    signal(number, SIG_DFL)
                    raise(number)
                }
            }
        }
        pthread_sigmask(SIG_UNBLOCK, &signals, nil)
    }

    /// Lets the signals end the process again, and forgets those that came.
    static func stopListening(to numbers: [Int32]) {
        for number in numbers { signal(number, SIG_DFL) }
        count.store(0, ordering: .relaxed)
    }

    static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }
}
