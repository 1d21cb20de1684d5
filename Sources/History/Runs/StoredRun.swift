import GRDB
import Reporting

/// A run of the history, without its points.
package struct StoredRun: Equatable, Sendable {
    /// 16 hexadecimal digits.
    package let id: String
    /// ISO 8601, in UTC.
    package let startedAt: String
    package let finishedAt: String?
    /// Of the sweep: a `Manifest.Status`.
    package let status: String
    package let toolVersion: String
    package let build: String
    package let engine: String
    package let model: String
    package let precision: String
    package let device: String
    /// The comparability key of the machine; nil if the report did not say.
    package let machine: String?
    /// Where the report was when it was added.
    package let directory: String
    package let addedAt: String
    /// What the run is called by: from a database, which may hold anything.
    package let labels: [String: String]
    /// How many points were run.
    package let points: Int
    /// How many of them did not come out ok.
    package let failures: Int
    /// How many points the sweep never came to.
    package let notRun: Int

    /// What a table shows of the id.
    package var shortID: String { String(id.prefix(8)) }

    static let columns = """
        runs.number, runs.id, runs.started_at, runs.finished_at, runs.status, runs.tool_version, \
        runs.build, runs.engine, runs.model, runs.precision, runs.device, runs.machine, \
        runs.directory, runs.added_at, \
        (SELECT count(*) FROM points WHERE run = runs.number AND status <> 'not_run') AS points, \
        (SELECT count(*) FROM points WHERE run = runs.number AND status NOT IN ('ok', 'not_run')) \
        AS failures, \
        (SELECT count(*) FROM points WHERE run = runs.number AND status = 'not_run') AS not_run
        """

    init(
        _ row: GRDB.Row, labels: [String: String], path: String
    ) throws(HistoryError) {
        self.labels = labels
        let fields = Fields(row)
        func text(_ column: String) throws(HistoryError) -> String {
            guard let text = fields.text(column) else {
                throw .damaged(path: path, what: "a run without \(column)")
            }
            return text
        }
        id = try text("id")
        startedAt = try text("started_at")
        finishedAt = fields.text("finished_at")
        status = try text("status")
        toolVersion = try text("tool_version")
        build = try text("build")
        engine = try text("engine")
        model = try text("model")
        precision = try text("precision")
        device = try text("device")
        machine = fields.text("machine")
        directory = try text("directory")
        addedAt = try text("added_at")
        points = fields.integer("points") ?? 0
        failures = fields.integer("failures") ?? 0
        notRun = fields.integer("not_run") ?? 0
    }
}
