import Glibc

/// The signals by which a process is asked to stop; a worker leaves them to its parent.
enum StopSignals {
    static let all = [SIGINT, SIGTERM, SIGHUP]

    /// Not even these.
    static var none: sigset_t {
        var none = sigset_t()
        sigemptyset(&none)
        return none
    }

    /// The same as a set.
    static var mask: sigset_t {
        var mask = sigset_t()
        sigemptyset(&mask)
        for number in all { sigaddset(&mask, number) }
        return mask
    }
}
