internal import Glibc
internal import Synchronization

/// Whether the process was asked to stop: by Ctrl-C, by a terminal that closed, by `timeout`, `kill`,
/// systemd or a batch system.
///
/// The first signal asks what is under way to stop: a sweep after the repetition it is in, an answer
/// after its token. A second one ends the process at once.
enum Interruption {
    /// The signal that came first; 0 before that.
    private static let first = Atomic<Int32>(0)

    /// Starts to listen, also where the parent process had the signals blocked.
    ///
    /// A hang-up that was ignored from the start, as under `nohup`, stays ignored.
    static func listen(to numbers: [Int32] = [SIGINT, SIGTERM, SIGHUP]) {
        var signals = sigset_t()
        sigemptyset(&signals)
        for number in numbers where !(number == SIGHUP && isIgnored(number)) {
            sigaddset(&signals, number)
            signal(number) { number in
                let exchange = Interruption.first.compareExchange(
                    expected: 0, desired: number, ordering: .relaxed)
                if !exchange.exchanged {
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
        first.store(0, ordering: .relaxed)
    }

    static var isRequested: Bool { first.load(ordering: .relaxed) != 0 }

    /// How a command ends that was asked to stop.
    static var exitStatus: ExitStatus {
        switch first.load(ordering: .relaxed) {
        case SIGTERM: .terminated
        case SIGHUP: .hungUp
        default: .interrupted
        }
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        let handler = signal(number, SIG_IGN)
        signal(number, handler)
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }
}
