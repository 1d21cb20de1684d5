import FoundationEssentials
import GRDB
import Reporting
import Sweep

/// A report as the history keeps it.
struct NewRun {
    let id: String
    let manifest: Manifest
    let manifestText: String
    /// Whole lines of `samples.jsonl`, without their line feeds.
    let lines: [String]
    let rows: [Reporting.Row]
    let directory: String

    /// Takes a report that could be read.
    ///
    /// - Throws: ``HistoryError/unfit(path:what:)`` or `ReportingError`.
    init(_ files: ReportFiles) throws {
        let report = try Report(files)
        manifest = report.manifest
        id = manifest.runID
        rows = report.rows
        directory = files.path
        guard Timestamp(iso8601: manifest.startedAt) != nil else {
            throw HistoryError.unfit(
                path: files.path,
                what: "started_at is \(visible(manifest.startedAt)), not a time like "
                    + "2026-01-31T12:00:00Z")
        }
        manifestText = try Self.text(files.manifest, of: "the manifest", in: files)
        var lines: [String] = []
        var rest = (files.samples ?? Data())[...]
        // What follows the last line feed was cut off.
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            lines.append(
                try Self.text(rest[..<end], of: "line \(lines.count + 1) of the samples", in: files)
            )
            rest = rest[(end + 1)...]
        }
        self.lines = lines
    }

    private static func text(
        _ data: Data, of part: String, in files: ReportFiles
    ) throws(HistoryError) -> String {
        // SQLite ends a text at its first NUL.
        guard let text = String(validating: data, as: UTF8.self), !data.contains(0) else {
            throw .unfit(path: files.path, what: "\(part) is not UTF-8")
        }
        return text
    }

    /// Writes all of it.
    func insert(into database: Database, at time: Timestamp) throws {
        try Self.insert(
            [
                ("id", id), ("started_at", manifest.startedAt),
                ("finished_at", manifest.finishedAt), ("status", manifest.status.rawValue),
                ("tool_version", manifest.toolVersion), ("build", manifest.buildConfiguration),
                ("engine", manifest.engine.engine), ("model", manifest.engine.model),
                ("precision", manifest.engine.precision), ("device", manifest.engine.device),
                ("machine", machine), ("directory", directory), ("added_at", time.iso8601),
                ("manifest", manifestText),
            ], into: "runs", of: database)
        let number = database.lastInsertedRowID
        try Schema.addColumns(to: database)
        let known = Set(try database.columns(in: "points").map(\.name))
        let columns = Reporting.Column<Reporting.Row>.summary.filter { known.contains($0.header) }
        for row in rows {
            try Self.insert(
                [("run", number)] + columns.map { ($0.header, $0.value(row).stored) },
                into: "points", of: database)
        }
        for (key, value) in manifest.labels?.values ?? [:] {
            try Self.insert(
                [("run", number), ("key", key), ("value", value)], into: "labels", of: database)
        }
        for (index, line) in lines.enumerated() {
            try Self.insert(
                [("run", number), ("line", index + 1), ("text", line)],
                into: "samples", of: database)
        }
    }

    /// What `doctor` calls the comparability key; nil if the report does not say.
    private var machine: String? {
        guard case .object(let facts) = manifest.sections["machine"],
            case .string(let key) = facts["comparability_key"]
        else { return nil }
        return key
    }

    private static func insert(
        _ values: [(column: String, value: (any DatabaseValueConvertible)?)], into table: String,
        of database: Database
    ) throws {
        let names = values.map(\.column).joined(separator: ", ")
        let marks = values.map { _ in "?" }.joined(separator: ", ")
        let statement = try database.cachedStatement(
            sql: "INSERT INTO \(table) (\(names)) VALUES (\(marks))")
        try statement.execute(arguments: StatementArguments(values.map(\.value)))
    }
}

extension Value {
    /// As SQLite has it; NULL if it is missing.
    fileprivate var stored: (any DatabaseValueConvertible)? {
        switch self {
        case .integer(let value): value
        case .decimal(let value): value
        case .text(let value): value
        case .missing: nil
        }
    }
}
