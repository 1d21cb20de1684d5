import GRDB
package import Reporting

/// Which runs of a history are meant; what is nil does not matter.
package struct RunFilter: Equatable, Sendable {
    package var model: String?
    package var precision: String?
    /// The beginning of a comparability key.
    package var machine: String?
    /// Those that began then or later.
    package var since: Timestamp?

    package init(
        model: String? = nil, precision: String? = nil, machine: String? = nil,
        since: Timestamp? = nil
    ) {
        self.model = model
        self.precision = precision
        self.machine = machine
        self.since = since
    }

    /// The condition of a query of `runs`.
    var condition: SQL {
        var conditions: [SQL] = ["TRUE"]
        if let model { conditions.append("runs.model = \(model)") }
        if let precision { conditions.append("runs.precision = \(precision)") }
        if let machine {
            conditions.append("substr(runs.machine, 1, length(\(machine))) = \(machine)")
        }
        if let since { conditions.append("runs.started_at >= \(since.iso8601)") }
        return conditions.joined(separator: " AND ")
    }
}
