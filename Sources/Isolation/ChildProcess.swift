import Basics
import Glibc
import Sweep

/// A program that is spoken to over its standard input and output; its errors go to ours.
final class ChildProcess {
    /// How a process ended.
    enum Ending: Equatable {
        case exited(Int32)
        case killed(signal: Int32)
    }

    let identifier: pid_t
    let channel: LineChannel
    /// Whether it starts others, and is to end them in order.
    private let isLauncher: Bool
    private let input: Int32
    private let output: Int32
    private var ending: Ending?
    private var isHungUp = false

    /// - Parameters:
    ///   - arguments: of the program, its name not among them.
    ///   - environment: variables beside those of this process.
    ///   - isLauncher: whether it starts the processes that are spoken to: it gets a group of its own, so
    ///     that what asks ours to stop leaves it to us.
    /// - Throws: `WorkerFailure` when the system refuses.
    init(
        program: String, arguments: [String], environment: [String: String],
        isLauncher: Bool = false
    ) throws(WorkerFailure) {
        self.isLauncher = isLauncher
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        guard pipe2(&toChild, O_CLOEXEC) == 0, pipe2(&fromChild, O_CLOEXEC) == 0 else {
            let reason = "no pipe for a worker process: \(String(cString: strerror(errno)))"
            for descriptor in toChild where descriptor >= 0 { close(descriptor) }
            throw WorkerFailure(status: .failed, reason: reason)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        let argumentPointers = ([program] + arguments).map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers { free(pointer) } }
        let variables = Self.environment(adding: environment).map { strdup($0) } + [nil]
        defer { for pointer in variables { free(pointer) } }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A worker leaves them to us from its first instruction on, before it can say so itself.
        var blocked = isLauncher ? StopSignals.none : StopSignals.mask
        posix_spawnattr_setsigmask(&attributes, &blocked)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | (isLauncher ? POSIX_SPAWN_SETPGROUP : 0)))
        var identifier: pid_t = 0
        let code = posix_spawn(
            &identifier, program, &actions, &attributes, argumentPointers, variables)
        close(toChild[0])
        close(fromChild[1])
        guard code == 0 else {
            close(toChild[1])
            close(fromChild[0])
            throw WorkerFailure(
                status: .failed,
                reason: "\(program) cannot be started: \(String(cString: strerror(code)))")
        }
        self.identifier = identifier
        input = fromChild[0]
        output = toChild[1]
        channel = LineChannel(input: input, output: output)
    }

    deinit {
        closePipes()
        if ending == nil { terminate() }
    }

    /// Ends it at once; a launcher gets a moment to end what it has started and to clear up.
    func terminate() {
        if isLauncher {
            kill(identifier, SIGTERM)
            let deadline = Clock.now() + Self.graceNanoseconds
            while !hasEnded, Clock.now() < deadline { usleep(10_000) }
            // Those that reach other hosts have groups of their own, and wait for what is cut off.
            if ending == nil {
                for child in KernelText.children(of: identifier) { kill(child, SIGKILL) }
            }
        }
        if ending == nil { kill(isLauncher ? -identifier : identifier, SIGKILL) }
        _ = wait()
    }

    private static let graceNanoseconds: UInt64 = 3_000_000_000

    /// Waits until it has ended; one that lives, and was only thought to be gone, learns that we are.
    func hangUp() -> Ending {
        closePipes()
        return wait()
    }

    private func closePipes() {
        guard !isHungUp else { return }
        isHungUp = true
        close(input)
        close(output)
    }

    private func wait() -> Ending {
        if let ending { return ending }
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        let result = Self.ending(status)
        ending = result
        return result
    }

    /// Whether it has ended by now.
    private var hasEnded: Bool {
        var status: Int32 = 0
        guard ending == nil, waitpid(identifier, &status, WNOHANG) == identifier else {
            return ending != nil
        }
        ending = Self.ending(status)
        return true
    }

    private static func ending(_ status: Int32) -> Ending {
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal: signal)
    }

    /// Bytes that it has in memory, mapped files included; of a launcher, those of the largest process
    /// that it has started; nil when that cannot be read.
    var residentBytes: Int? { memory("VmRSS") }

    /// The most that it, or one of them, ever had; nil when that cannot be read.
    var peakResidentBytes: Int? { memory("VmHWM") }

    private func memory(_ name: String) -> Int? {
        let processes = isLauncher ? KernelText.descendants(of: identifier) : [identifier]
        return processes.compactMap { KernelText.memory(name, of: $0) }.max()
    }

    private static func environment(adding more: [String: String]) -> [String] {
        var result: [String] = []
        var entry = environ
        while let variable = entry.pointee {
            let text = String(cString: variable)
            let name = text.prefix { $0 != "=" }
            if more[String(name)] == nil { result.append(text) }
            entry += 1
        }
        return result + more.map { "\($0.key)=\($0.value)" }
    }
}
