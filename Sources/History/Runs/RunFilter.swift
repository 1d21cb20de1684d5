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
    /// Those that began earlier.
    package var before: Timestamp?
    /// Those that have all of these.
    package var labels: Labels

    package init(
        model: String? = nil, precision: String? = nil, machine: String? = nil,
        since: Timestamp? = nil, before: Timestamp? = nil, labels: Labels = Labels()
    ) {
        self.model = model
        self.precision = precision
        self.machine = machine
        self.since = since
        self.before = before
        self.labels = labels
    }

    /// The condition of a query of `runs` in that database.
    func condition(in database: Database) throws -> SQL {
        var conditions: [SQL] = ["TRUE"]
        if let model { conditions.append("runs.model = \(model)") }
        if let precision { conditions.append("runs.precision = \(precision)") }
        if let machine {
            conditions.append("substr(runs.machine, 1, length(\(machine))) = \(machine)")
        }
        if let since { conditions.append("runs.started_at >= \(since.iso8601)") }
        if let before { conditions.append("runs.started_at < \(before.iso8601)") }
        // An earlier version that cannot be written has no labels.
        let hasLabels = try labels.isEmpty || database.tableExists("labels")
        for (key, value) in labels.values {
            conditions.append(
                hasLabels
                    ? """
                    EXISTS (SELECT 1 FROM labels WHERE labels.run = runs.number
                    AND labels.key = \(key) AND labels.value = \(value))
                    """ : "FALSE")
        }
        return conditions.joined(separator: " AND ")
    }
}
