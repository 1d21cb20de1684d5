internal import Glibc
internal import Synchronization

/// Whether the user pressed Ctrl-C (or the process was asked to terminate).
///
/// The first signal asks the sweep to stop after the repetition it is in; a second one ends the
/// process at once.
enum Interruption {
    private static let count = Atomic<Int>(0)

    /// Starts to listen for SIGINT and SIGTERM, also where the parent process had them blocked.
    static func listen() {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] {
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

    static var isRequested: Bool { count.load(ordering: .relaxed) > 0 }
}
