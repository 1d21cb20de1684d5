/// Why the energy of a span of time is not known: one line that names the remedy.
package enum EnergyUnknown: Error, Equatable, Sendable, CustomStringConvertible {
    /// The kernel shows no counter of a package below this directory.
    case noCounters(directory: String)
    case notPermitted(path: String)
    case missing(path: String)
    case notANumber(path: String)
    /// A counter of a package went back, and does not say where it begins anew.
    case wentBack(path: String)

    /// The command has not been run yet.
    case noReading(command: String)
    /// No reading lies in the span.
    case tooShort(command: String, seconds: Double)
    /// For so long there was no reading.
    case gap(command: String, seconds: Double)
    case notStarted(command: String, error: ErrorNumber)
    case exited(command: String, status: Int32)
    case killed(command: String, signal: Int32)
    case timedOut(command: String, seconds: Double)
    /// It printed more than anything that tells watts.
    case endless(command: String)
    case noNumber(command: String)
    /// What it printed is a number and cannot be watts.
    case notWatts(command: String, text: String)
    /// The reading was given up, as all was about to end.
    case stopped(command: String)

    package var description: String {
        switch self {
        case .noCounters(let directory):
            "\(directory) has no counter of a package, as on most virtual machines; "
                + "give a --power-command that prints watts"
        case .notPermitted(let path):
            // Only root may read it since CVE-2020-8694.
            "no permission to read \(path); allow it (chmod a+r), or give a --power-command"
        case .missing(let path):
            "no such file: \(path); give a --power-command that prints watts"
        case .notANumber(let path):
            "\(path) holds no number; give a --power-command that prints watts"
        case .wentBack(let path):
            "the counter \(path) went back, and its range is not known; measure again"
        case .noReading(let command):
            "\(Self.quoted(command)) has not printed yet; measure for longer"
        case .tooShort(let command, let seconds):
            "no reading of \(Self.quoted(command)) lies in the \(seconds) s; measure for longer"
        case .gap(let command, let seconds):
            "\(Self.quoted(command)) gave no reading for \(seconds) s; make it answer every second"
        case .notStarted(let command, let error):
            "\(Self.quoted(command)) cannot be started: \(error); free processes and files"
        case .exited(let command, let status):
            "\(Self.quoted(command)) ended with status \(status); run it in a shell to see why"
        case .killed(let command, let signal):
            "\(Self.quoted(command)) was ended by signal \(signal); run it in a shell to see why"
        case .timedOut(let command, let seconds):
            "\(Self.quoted(command)) did not end within \(seconds) s; make it print once and end"
        case .endless(let command):
            "\(Self.quoted(command)) prints without end; make it print once and end"
        case .noNumber(let command):
            "\(Self.quoted(command)) printed no number; make it print watts such as 220.5"
        case .notWatts(let command, let text):
            "\(Self.quoted(command)) printed \"\(text)\", which cannot be watts; "
                + "make it print watts such as 220.5"
        case .stopped(let command):
            "\(Self.quoted(command)) was not waited for, as the measurement ended; measure again"
        }
    }

    private static func quoted(_ command: String) -> String { "power command '\(command)'" }
}
