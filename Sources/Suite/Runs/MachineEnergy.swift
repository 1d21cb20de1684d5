internal import Machine
internal import Reporting
package import Sweep

/// The energy of this machine: by the counters of its packages, or by a command that prints watts.
package final class MachineEnergy: EnergyMetering {
    private enum Source {
        case counters(EnergyCounters)
        case command(PowerCommand, text: String)
    }

    private let source: Source
    /// Below, a tick of the counters is more than a twentieth of what they count.
    private static let leastMilliseconds: UInt64 = 20
    private var mark: EnergyCounters.Mark?

    /// - Parameter command: Run by a shell once a second; nil for the counters.
    /// - Throws: `EnergyUnknown` for a command that does not print watts, `MachineError`.
    package init(command: String? = nil) throws {
        if let command {
            _ = try PowerCommand.watts(of: command)
            source = .command(try PowerCommand(command), text: command)
        } else {
            source = .counters(try EnergyCounters())
        }
    }

    package func callBegins() {
        if case .counters(let counters) = source { mark = counters.mark() }
    }

    package func energy(from start: UInt64, to end: UInt64) -> Energy {
        let reading: EnergyReading
        switch source {
        case .counters(let counters):
            guard let mark else { preconditionFailure("no call has begun") }
            reading = counters.energy(from: mark, to: counters.mark())
            let milliseconds = end > start ? (end - start) / 1_000_000 : 0
            if reading.unknown == nil, milliseconds < Self.leastMilliseconds {
                return Energy(
                    joules: nil,
                    reason: "\(milliseconds) ms are too short for counters that move once a "
                        + "millisecond; measure longer outputs")
            }
        case .command(let command, _):
            reading = command.energy(from: start, to: end)
        }
        return Energy(joules: reading.joules, reason: reading.unknown?.description)
    }

    private struct Section: Encodable {
        let source: String
        let unknown: String?
    }

    /// Adds the section `energy`: who tells it, and why it is not known.
    func describe(in manifest: inout Manifest) throws(ReportingError) {
        let section =
            switch source {
            case .counters(let counters):
                Section(
                    source: "the counters of the CPUs' packages",
                    unknown: counters.unknown?.description)
            case .command(_, let text): Section(source: text, unknown: nil)
            }
        try manifest.set("energy", to: section)
    }
}
