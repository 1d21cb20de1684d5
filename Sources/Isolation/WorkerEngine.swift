import Basics
import FoundationEssentials
import Glibc
package import Measurement
package import Sweep

/// An engine that lives in a process of its own, so that nothing it does can end the sweep.
///
/// The process is kept as long as it lives. When it dies, or does not answer in time, the point
/// fails with a status that says how, and the next point gets a new process.
package final class WorkerEngine: Engine, CostCounting, RoofMeasuring, MemoryCounting,
    ConditionReporting, Restartable
{
    /// How to start the process, and what it may take.
    package struct Command {
        package var program: String
        package var arguments: [String]
        package var environment: [String: String]
        /// For one point, from its preparation on, and for the start of a process, in seconds; nil waits
        /// for ever.
        package var pointTimeout: Double?
        /// Bytes of memory, mapped files included, of each process that a launcher starts; nil watches
        /// nothing.
        package var memoryLimit: Int?
        /// Seconds until the processes that a launcher starts have met; nil waits as for the rest.
        ///
        /// Until then nobody sees that one is missing.
        package var meetingTimeout: Double?
        /// Whether the program starts the processes that run the engine: MPI's launcher.
        package var isLauncher = false

        /// What a user knows the process as.
        fileprivate var name: String {
            isLauncher ? "the launcher of the ranks" : "the worker process"
        }

        /// When what begins now must have ended.
        fileprivate var deadline: UInt64? { Self.deadline(pointTimeout) }

        fileprivate static func deadline(_ seconds: Double?) -> UInt64? {
            seconds.map { Clock.now() + UInt64($0 * 1e9) }
        }

        package init(
            program: String, arguments: [String], environment: [String: String] = [:],
            pointTimeout: Double? = nil, memoryLimit: Int? = nil
        ) {
            self.program = program
            self.arguments = arguments
            self.environment = environment
            self.pointTimeout = pointTimeout
            self.memoryLimit = memoryLimit
        }
    }

    /// The worker refused to start: what it said is for the user.
    package struct Refusal: Error, CustomStringConvertible {
        package let description: String
    }

    package let identity: EngineIdentity
    package let fingerprint: Fingerprint
    /// What it was started with at first.
    package let firstSetting: Parameters
    /// What each setting of the machine came to: JSON objects for the manifest.
    package private(set) var facts: [Parameters: String]
    /// How often a process was started.
    package private(set) var startCount = 0
    /// The most memory that the process held since it started, or the one of a launcher's that held
    /// most, in bytes; nil if it is not watched.
    package private(set) var peakBytes: Int?

    /// What the process holds at this moment, in bytes; nil if it has ended.
    package var residentBytes: Int? { child?.residentBytes }

    /// The process at this moment; nil if there is none.
    package var processIdentifier: Int32? { child?.identifier }

    private let command: (Parameters) throws -> Command
    /// What the process was started with.
    private var setting: Parameters
    private var limits: Command
    private var lastConditions: [RunConditions] = []
    private var child: ChildProcess?
    private var deadline: UInt64?
    /// How the last process ended.
    private var lastFailure: WorkerFailure?
    private var exceededLimit: Int?
    /// How the oom killer has struck in this control group so far.
    private var oomKills: Int?

    /// How often memory is looked at: often enough to stop a process that fills it.
    private static let watchMilliseconds: Int32 = 20

    /// Starts the process and waits until its engine is there.
    ///
    /// - Parameters:
    ///   - setting: What the process starts with; a point with another one gets a new process.
    ///   - command: How to start the process for a setting.
    /// - Throws: `Refusal` for bad input, `WorkerFailure` when the process dies; what `command` throws.
    package init(
        _ setting: Parameters = [:], command: @escaping (Parameters) throws -> Command
    ) throws {
        self.command = command
        self.setting = setting
        firstSetting = setting
        limits = try command(setting)
        let started = try Self.start(limits)
        child = started.child
        identity = started.identity
        fingerprint = started.fingerprint
        facts = [setting: started.facts]
        startCount = 1
        oomKills = OOMKills.count()
    }

    package func memoryEstimate(for point: Point) -> MemoryEstimate? {
        guard case .description(let memory, _) = try? ask(.describe(point)) else { return nil }
        return memory
    }

    package func costs(of point: Point) -> PhaseCosts? {
        guard case .description(_, let costs) = try? ask(.describe(point)) else { return nil }
        return costs
    }

    package func conditions() -> [RunConditions] { lastConditions }

    package func memoryUse() -> MemoryUse? {
        guard case .memory(let use) = try? ask(.memory) else { return nil }
        return use
    }

    package func measureRoof() -> Roof? {
        guard case .roof(let roof) = try? ask(.roof) else { return nil }
        return roof
    }

    package func restart() {
        child?.terminate()
        child = nil
    }

    package func prepare(_ point: Point, positions: Int) throws {
        if point.setting != setting {
            child?.terminate()
            child = nil
            limits = try command(point.setting)
            setting = point.setting
        }
        if child == nil {
            let started = try Self.start(limits)
            child = started.child
            facts[setting] = started.facts
            startCount += 1
        }
        deadline = limits.deadline
        guard case .prepared = try ask(.prepare(point, positions: positions)) else {
            throw confusion()
        }
    }

    package func run(_ workload: Workload) throws -> Observation {
        guard case .ran(let run) = try ask(.run(workload)) else { throw confusion() }
        lastConditions = run.conditions
        return try run.observation(of: workload.shape)
    }

    /// Has a task carried out, as ``TaskPerforming`` does.
    ///
    /// - Parameters:
    ///   - isStopped: Asked after each part of the result whether no more of it is wanted.
    ///   - take: Called with each part of the result as it comes.
    /// - Throws: `WorkerFailure`; what `take` throws, after which there is no process any more.
    package func perform(
        _ task: String, isStopped: () -> Bool = { false }, take: (String) throws -> Void
    ) throws -> String {
        var reply = try ask(.perform(task: task))
        var hasStopped = false
        while case .told(let part) = reply {
            do {
                try take(part)
            } catch {
                restart()
                throw error
            }
            // To be said once.
            let stops = !hasStopped && isStopped()
            hasStopped = hasStopped || stops
            reply = try ask(stops ? .stop : nil)
        }
        guard case .performed(let result) = reply else { throw confusion() }
        return result
    }

    /// Sends a request and waits for its answer, or waits for more of the answer before, watching time and
    /// memory.
    private func ask(_ request: WorkerRequest?) throws(WorkerFailure) -> WorkerReply {
        guard let child else {
            // It may have died over a question that nobody waits for, such as the roof.
            throw lastFailure
                ?? WorkerFailure(status: .crash, reason: "\(limits.name) has ended")
        }
        let reply: WorkerReply
        do {
            if let request { try child.channel.send(request) }
            reply = try child.channel.receive(
                WorkerReply.self, deadline: deadline,
                watchMilliseconds: limits.memoryLimit == nil ? -1 : Self.watchMilliseconds,
                watch: { isOverLimit(child) })
        } catch {
            let failure = ended(child, error)
            lastFailure = failure
            throw failure
        }
        if let limit = limits.memoryLimit, let peak = child.peakResidentBytes {
            peakBytes = peak
            // It may have been over the limit between two looks.
            if peak > limit {
                exceededLimit = peak
                let failure = ended(child, .timedOut)
                lastFailure = failure
                throw failure
            }
        }
        if case .failed(let status, let reason) = reply {
            throw WorkerFailure(status: status, reason: reason)
        }
        if case .lost(let reason) = reply {
            self.child = nil
            child.terminate()
            let failure = WorkerFailure(status: .crash, reason: reason)
            lastFailure = failure
            throw failure
        }
        return reply
    }

    private func isOverLimit(_ child: ChildProcess) -> Bool {
        guard let limit = limits.memoryLimit, let bytes = child.residentBytes else { return false }
        guard bytes > limit else { return false }
        exceededLimit = bytes
        peakBytes = child.peakResidentBytes ?? bytes
        return true
    }

    /// What became of the process, and lets go of it.
    private func ended(_ child: ChildProcess, _ failure: LineChannel.Failure) -> WorkerFailure {
        self.child = nil
        defer { exceededLimit = nil }
        switch failure {
        case .timedOut:
            child.terminate()
            if let exceededLimit, let limit = limits.memoryLimit {
                return WorkerFailure(
                    status: .oom,
                    reason: "\(exceededLimit) bytes in memory, over the limit of \(limit); ended")
            }
            return WorkerFailure(
                status: .timeout,
                reason: "no answer within \(limits.pointTimeout ?? 0) s of the cell; ended")
        case .malformed(let text):
            child.terminate()
            return WorkerFailure(
                status: .crash, reason: "\(limits.name) wrote what is no answer: \(text)")
        case .broken(let code):
            return Self.unreachable(child, code)
        case .closed:
            return Self.death(
                of: limits.name, child.hangUp(), killedByKernel: hasOOMKillerStruck())
        }
    }

    private func hasOOMKillerStruck() -> Bool {
        let before = oomKills
        oomKills = OOMKills.count()
        guard let before, let now = oomKills else { return false }
        return now > before
    }

    private static func death(
        of name: String, _ ending: ChildProcess.Ending, killedByKernel: Bool
    ) -> WorkerFailure {
        switch ending {
        case .killed(SIGKILL) where killedByKernel:
            WorkerFailure(status: .oom, reason: "the kernel ended \(name): out of memory")
        case .killed(let signal):
            WorkerFailure(status: .crash, reason: "\(name) died of \(SignalName.of(signal))")
        case .exited(let status):
            WorkerFailure(status: .crash, reason: "\(name) ended with exit status \(status)")
        }
    }

    /// Ends a process that lives and cannot be spoken to.
    private static func unreachable(_ child: ChildProcess, _ code: Int32) -> WorkerFailure {
        child.terminate()
        return WorkerFailure(
            status: .failed,
            reason: "the pipe to the worker process: \(String(cString: strerror(code)))")
    }

    private func confusion() -> WorkerFailure {
        WorkerFailure(status: .crash, reason: "the worker process answered another question")
    }

    /// The one result of a process that has nothing else to say.
    ///
    /// - Throws: `Refusal`, `WorkerFailure`.
    package static func result(of command: Command) throws -> String {
        let (child, reply) = try begin(command)
        child.terminate()
        switch reply {
        case .performed(let result): return result
        case .refused(let message): throw Refusal(description: message)
        case .failed(let status, let reason): throw WorkerFailure(status: status, reason: reason)
        case .lost(let reason): throw WorkerFailure(status: .crash, reason: reason)
        default:
            throw WorkerFailure(status: .crash, reason: "\(command.name) told no result")
        }
    }

    /// A process that has said what it runs.
    private struct Started {
        let child: ChildProcess
        let identity: EngineIdentity
        let fingerprint: Fingerprint
        let facts: String
    }

    /// Starts a process and waits for its first words.
    private static func begin(
        _ command: Command
    ) throws(WorkerFailure) -> (ChildProcess, WorkerReply) {
        // A worker that dies while we write to it is an answer, not our end.
        signal(SIGPIPE, SIG_IGN)
        let child = try ChildProcess(
            program: command.program, arguments: command.arguments,
            environment: command.environment, isLauncher: command.isLauncher)
        let deadline = command.deadline
        let meeting = Command.deadline(command.meetingTimeout)
        var reply: WorkerReply
        do {
            reply = try child.channel.receive(
                WorkerReply.self, deadline: [deadline, meeting].compactMap(\.self).min())
            if case .met = reply {
                reply = try child.channel.receive(WorkerReply.self, deadline: deadline)
            }
        } catch .timedOut {
            child.terminate()
            if let seconds = command.meetingTimeout, let meeting, meeting < deadline ?? .max {
                throw WorkerFailure(
                    status: .timeout,
                    reason: "\(command.name) has not brought them together within \(seconds) s: a "
                        + "host cannot be reached, or not from another; ended")
            }
            throw WorkerFailure(
                status: .timeout,
                reason: "\(command.name) has not loaded its model in the "
                    + "\(command.pointTimeout ?? 0) s of a cell; ended")
        } catch .malformed(let text) {
            throw WorkerFailure(
                status: .crash, reason: "\(command.name) wrote what is no answer: \(text)")
        } catch .broken(let code) {
            throw unreachable(child, code)
        } catch {
            throw death(of: command.name, child.hangUp(), killedByKernel: false)
        }
        return (child, reply)
    }

    private static func start(_ command: Command) throws -> Started {
        let (child, reply) = try begin(command)
        switch reply {
        case .ready(let identity, let fingerprint, let facts):
            return Started(
                child: child, identity: identity, fingerprint: fingerprint, facts: facts)
        case .refused(let message):
            throw Refusal(description: message)
        case .lost(let reason):
            throw WorkerFailure(status: .crash, reason: reason)
        default:
            throw WorkerFailure(status: .crash, reason: "\(command.name) did not say hello")
        }
    }
}
