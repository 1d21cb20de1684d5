import Basics
import Synchronization

/// The energy that a machine takes, by a command that prints its power in watts, such as
/// `ipmitool dcmi power reading`.
///
/// A thread of its own runs it once a second and sleeps in between. A reading stands for the middle of
/// the time that the command took.
package final class PowerCommand: Sendable {
    private let log: Log
    /// Ends with this object.
    private let thread: RepeatingThread

    /// How long a command may take, in nanoseconds.
    package static let timeout: UInt64 = 5_000_000_000

    /// Begins to read.
    ///
    /// - Parameters:
    ///   - command: what a shell runs; see ``watts(of:within:)``.
    ///   - nanoseconds: from one reading to the next.
    /// - Throws: `MachineError.threadNotStarted`.
    package init(_ command: String, every nanoseconds: UInt64 = 1_000_000_000) throws(MachineError)
    {
        let log = Log(command: command)
        self.log = log
        thread = try RepeatingThread(name: "power", every: nanoseconds) { stop in
            log.read(command, stop: stop)
        }
    }

    /// The energy of a window of `Clock`; see ``PowerLog/energy(from:to:)``.
    package func energy(from start: UInt64, to end: UInt64) -> EnergyReading {
        log.readings.withLock { $0.energy(from: start, to: end) }
    }

    /// Runs a command once, so that what is wrong with it is known before anything is measured.
    ///
    /// - Parameter nanoseconds: how long it may take.
    /// - Returns: the watts: the first number that it printed.
    package static func watts(
        of command: String, within nanoseconds: UInt64 = PowerCommand.timeout
    ) throws(EnergyUnknown) -> Double {
        try watts(of: command, within: nanoseconds, stop: -1)
    }

    private static func watts(
        of command: String, within nanoseconds: UInt64, stop: Int32
    ) throws(EnergyUnknown) -> Double {
        switch ShellCommand.run(command, within: nanoseconds, stop: stop) {
        case .output(let output):
            switch Watts(in: output) {
            case .value(let watts): return watts
            case .none: throw .noNumber(command: command)
            case .refused(let text): throw .notWatts(command: command, text: text)
            }
        case .notStarted(let error): throw .notStarted(command: command, error: error)
        case .exited(let status): throw .exited(command: command, status: status)
        case .killed(let signal): throw .killed(command: command, signal: signal)
        case .timedOut: throw .timedOut(command: command, seconds: Double(nanoseconds) / 1e9)
        case .endless: throw .endless(command: command)
        case .stopped: throw .stopped(command: command)
        }
    }
}

extension PowerCommand {
    /// What the thread and its owner share.
    private final class Log: Sendable {
        let readings: Mutex<PowerLog>

        /// A command that failed so often, and never gave a reading, is not run again.
        private static let mostFailures = 5

        init(command: String) {
            readings = Mutex(PowerLog(command: command))
        }

        /// Takes a reading, and says whether to take another.
        func read(_ command: String, stop: Int32) -> Bool {
            let began = Clock.now()
            do {
                let watts = try PowerCommand.watts(
                    of: command, within: PowerCommand.timeout, stop: stop)
                let ended = Clock.now()
                readings.withLock { $0.add(watts: watts, at: began + (ended - began) / 2) }
                return true
            } catch {
                return readings.withLock { log in
                    log.fail(error)
                    return log.failuresBeforeFirst < Self.mostFailures
                }
            }
        }
    }
}
