internal import Measurement
package import Profiling

/// One line of a profile's table: an operator, or what is spent outside of operators.
package struct ProfileLine: Sendable {
    package let phase: Phase
    package let name: String
    /// nil for what is spent outside of operators.
    package let row: OperatorRow?
    /// Nanoseconds.
    package let total: Double
    /// Of the phase.
    package let share: Double

    /// The lines of a table, the last one being the phase itself.
    package static func lines(of table: OperatorTable, per layered: OperatorTable? = nil) -> [Self]
    {
        func line(_ name: String, _ nanoseconds: Double) -> Self {
            Self(
                phase: table.phase, name: name, row: nil, total: nanoseconds,
                share: table.share(nanoseconds))
        }
        return (layered ?? table).rows.map {
            Self(phase: table.phase, name: $0.name, row: $0, total: $0.total, share: $0.share)
        } + [
            line("barriers", table.barriers),
            line("dispatch", table.dispatch),
            line("host", table.host),
            line("remainder", table.remainder),
            line("all", table.duration),
        ]
    }
}

extension Profile {
    /// The lines of all phases.
    package var lines: [ProfileLine] {
        tables.flatMap { table in
            ProfileLine.lines(
                of: table,
                per: isPerLayer ? OperatorTable(recording, table.phase, perLayer: true) : nil)
        }
    }
}
