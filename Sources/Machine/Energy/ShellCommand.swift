import Basics
import Glibc

/// A command that a shell runs for what it prints.
enum ShellCommand {
    enum Outcome: Equatable {
        /// What it printed; it ended well.
        case output([UInt8])
        case notStarted(ErrorNumber)
        case exited(Int32)
        case killed(signal: Int32)
        case timedOut
        /// It printed more than was asked for.
        case endless
        /// The descriptor hung up.
        case stopped
    }

    /// Runs `/bin/sh -c` without input, and without showing its errors.
    ///
    /// It has a process group of its own: what it has started goes with it when it is ended.
    ///
    /// - Parameters:
    ///   - nanoseconds: how long it may take.
    ///   - mostBytes: how much it may print.
    ///   - stop: a descriptor whose hanging up ends the command, too; negative for none.
    static func run(
        _ command: String, within nanoseconds: UInt64, mostBytes: Int = 1 << 16, stop: Int32 = -1
    ) -> Outcome {
        let deadline = Clock.now() + nanoseconds
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC) == 0 else { return .notStarted(.last) }
        defer { close(ends[0]) }
        let started = start(command, output: ends[1])
        close(ends[1])
        switch started {
        case .failure(let error):
            return .notStarted(error)
        case .success(let child):
            let (output, failure) = collect(
                from: ends[0], until: deadline, mostBytes: mostBytes, stop: stop)
            guard let outcome = failure ?? wait(for: child, until: deadline, stop: stop) else {
                return .output(output)
            }
            switch outcome {
            case .timedOut, .endless, .stopped, .notStarted: end(child)
            case .output, .exited, .killed: break
            }
            return outcome
        }
    }

    private static func start(_ command: String, output: Int32) -> Result<pid_t, ErrorNumber> {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // What this process blocks or ignores is nothing that a command expects.
        var blocked = sigset_t()
        sigemptyset(&blocked)
        posix_spawnattr_setsigmask(&attributes, &blocked)
        var usual = sigset_t()
        sigemptyset(&usual)
        for signal in [SIGPIPE, SIGINT, SIGTERM, SIGHUP] { sigaddset(&usual, signal) }
        posix_spawnattr_setsigdefault(&attributes, &usual)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let arguments: [UnsafeMutablePointer<CChar>?] =
            ["sh", "-c", command].map { (word: String) in strdup(word) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var child: pid_t = 0
        let code = posix_spawn(&child, "/bin/sh", &actions, &attributes, arguments, environ)
        return code == 0 ? .success(child) : .failure(ErrorNumber(code))
    }

    /// Reads until the other end is closed.
    ///
    /// - Returns: what was read, and why reading ended before; nil if it did not.
    private static func collect(
        from descriptor: Int32, until deadline: UInt64, mostBytes: Int, stop: Int32
    ) -> ([UInt8], Outcome?) {
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            if let failure = waitForInput(descriptor, until: deadline, stop: stop) {
                return (output, failure)
            }
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0 {
                if errno == EINTR { continue }
                return (output, .notStarted(.last))
            }
            if count == 0 { return (output, nil) }
            output += chunk[..<count]
            guard output.count <= mostBytes else { return (output, .endless) }
        }
    }

    /// - Returns: why there will be none; nil if there is some, or an end.
    private static func waitForInput(
        _ descriptor: Int32, until deadline: UInt64, stop: Int32
    ) -> Outcome? {
        while true {
            let now = Clock.now()
            guard now < deadline else { return .timedOut }
            var descriptors = [
                pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: stop, events: 0, revents: 0),
            ]
            let count = poll(&descriptors, 2, Int32(clamping: (deadline - now) / 1_000_000 + 1))
            if count < 0, errno != EINTR { return .notStarted(.last) }
            guard count > 0 else { continue }
            if descriptors[1].revents != 0 { return .stopped }
            return nil
        }
    }

    /// Waits until a command that prints no more has ended.
    ///
    /// - Returns: nil if it ended well.
    private static func wait(for child: pid_t, until deadline: UInt64, stop: Int32) -> Outcome? {
        while true {
            var status: Int32 = 0
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child {
                let signal = status & 0x7f
                if signal != 0 { return .killed(signal: signal) }
                let code = status >> 8 & 0xff
                return code == 0 ? nil : .exited(code)
            }
            if ended < 0, errno != EINTR { return nil }
            guard Clock.now() < deadline else { return .timedOut }
            // It ends right after its output, as a rule.
            var descriptor = pollfd(fd: stop, events: 0, revents: 0)
            if poll(&descriptor, 1, 2) > 0 { return .stopped }
        }
    }

    /// Ends a command and all that it started.
    private static func end(_ child: pid_t) {
        kill(-child, SIGKILL)
        while waitpid(child, nil, 0) < 0, errno == EINTR {}
    }
}
