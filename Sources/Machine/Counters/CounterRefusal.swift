import Glibc

/// Why the kernel does not open a counter, in words that name the remedy.
///
/// Meanings: perf_event_open(2), ERRORS.
enum CounterRefusal {
    static func reason(_ error: ErrorNumber, files: SystemFiles) -> String {
        switch error.code {
        case ENOENT, ENODEV, EOPNOTSUPP:
            return "the CPU shows no such counter, as on most virtual machines"
        case EACCES:
            let level = files.text("proc/sys/kernel/perf_event_paranoid") ?? "unknown"
            return "not permitted: kernel.perf_event_paranoid is \(level)"
        case EPERM:
            // The level of paranoia is told by EACCES; levels above 2 are of distributions.
            let level = files.integer("proc/sys/kernel/perf_event_paranoid") ?? 0
            return level > 2
                ? "not permitted: kernel.perf_event_paranoid is \(level)"
                : "not permitted: a seccomp filter, as in containers, or no CAP_PERFMON"
        case ENOSYS:
            return "this kernel has no perf_event_open, or a seccomp filter hides it"
        case EINVAL:
            return "the CPU cannot count it, or not together with the others"
        case EMFILE, ENFILE:
            return "too many open files: raise ulimit -n"
        default:
            return "\(error)"
        }
    }
}
