import Glibc

/// This program again, with other arguments.
struct Child {
    private let process: pid_t

    struct NotStarted: Error {
        let code: Int32
    }

    init(arguments: [String]) throws {
        var words = (["stream-cost"] + arguments).map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let code = posix_spawn(&process, "/proc/self/exe", nil, nil, words, environ)
        guard code == 0 else { throw NotStarted(code: code) }
        self.process = process
    }

    func wait() {
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }
}

/// Seconds of CPU that this process took.
func processTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// Two decimals.
func text(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
