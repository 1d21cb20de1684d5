import GRDB
import Reporting

/// The tables of a history, and how each version of them came from the one before.
///
/// What is released stays as it is: a change is another migration. GRDB's own migrator takes a
/// transaction for each migration and reads before it what is done, so that of two processes that
/// begin a database one would fail; here all is one transaction.
enum Schema {
    /// `TKMH`, in the header of the file: what it belongs to.
    static let applicationID = 0x544B_4D48

    /// Number n, counted from 1, makes version n of version n − 1.
    private static let migrations: [@Sendable (Database) throws -> Void] = [
        runsAndPoints, samples, labels,
    ]

    static var current: Int { migrations.count }

    /// The version of a history, 0 of an empty file.
    ///
    /// - Throws: ``HistoryError/notAHistory(path:what:)`` or
    ///   ``HistoryError/newerSchema(path:found:known:)``.
    static func version(of database: Database, path: String) throws -> Int {
        let application = try Int.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let version = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
        switch application {
        case applicationID where version > current:
            throw HistoryError.newerSchema(path: path, found: version, known: current)
        case applicationID where version > 0:
            return version
        case 0 where version == 0 && tables == 0:
            return 0
        default:
            throw HistoryError.notAHistory(
                path: path, what: "it is the SQLite database of another program")
        }
    }

    /// Applies, in a transaction of the caller, what is missing up to a version.
    static func migrate(_ database: Database, to target: Int, path: String) throws {
        let version = try version(of: database, path: path)
        guard version < target else { return }
        for migration in migrations[version..<target] { try migration(database) }
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(sql: "PRAGMA user_version = \(target)")
    }

    /// Makes room for columns of the summary that there were none of when the history was begun.
    static func addColumns(to database: Database) throws {
        let known = Set(try database.columns(in: "points").map(\.name))
        for column in Reporting.Column<Reporting.Row>.summary where !known.contains(column.header) {
            // A setting is a number or a word; all other columns that came later are numbers.
            let type = column.header.hasPrefix("setting_") ? "ANY" : "REAL"
            try database.execute(sql: "ALTER TABLE points ADD COLUMN \(column.header) \(type)")
        }
    }

    // MARK: - Migrations

    private static func runsAndPoints(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE runs (
                    number INTEGER PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    started_at TEXT NOT NULL,
                    finished_at TEXT,
                    status TEXT NOT NULL,
                    tool_version TEXT NOT NULL,
                    build TEXT NOT NULL,
                    engine TEXT NOT NULL,
                    model TEXT NOT NULL,
                    precision TEXT NOT NULL,
                    device TEXT NOT NULL,
                    machine TEXT,
                    directory TEXT NOT NULL,
                    added_at TEXT NOT NULL,
                    manifest TEXT NOT NULL
                ) STRICT;
                CREATE INDEX runs_by_subject ON runs (model, precision, machine, started_at);
                CREATE TABLE points (
                    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
                    id TEXT NOT NULL,
                    batch INTEGER NOT NULL,
                    input_tokens INTEGER NOT NULL,
                    output_tokens INTEGER NOT NULL,
                    setting_threads INTEGER,
                    setting_cpus TEXT,
                    setting_numa TEXT,
                    setting_isa TEXT,
                    status TEXT NOT NULL,
                    reason TEXT,
                    perf_mode TEXT NOT NULL,
                    repetitions INTEGER NOT NULL,
                    verdict TEXT,
                    output_hash TEXT,
                    memory_nodes_bytes TEXT,
                    \(pointColumns.map { "\($0.name) \($0.type)" }.joined(separator: ",\n    ")),
                    PRIMARY KEY (run, id)
                ) STRICT
                """)
    }

    /// The columns of numbers of version 1 that may be missing.
    private static var pointColumns: [(name: String, type: String)] {
        let parts = ["mean", "median", "min", "max", "sd", "p90", "p95", "p99"]
        let interval = ["ci95_low", "ci95_high"]
        let spreads = [
            ("response_time", "s", parts + interval), ("ttft", "ms", parts + interval),
            ("prefill", "ms", parts), ("tpot", "ms", parts + interval), ("itl", "ms", parts),
            ("e2e_of_repetitions", "tokens_per_s", parts + interval),
        ].flatMap { name, unit, parts in
            parts.map { ("\(name)_\($0)_\(unit)", "REAL") } + [("\(name)_n", "INTEGER")]
        }
        let reals = [
            "forward_first_ms", "forward_next_ms", "pre_next_ms", "post_next_ms", "itl_p999_ms",
            "itl_slope_ms_per_1000_tokens", "prefill_tokens_per_s", "decode_tokens_per_s",
            "e2e_tokens_per_s", "prefill_mbu", "prefill_mfu", "decode_mbu", "decode_mfu",
            "roof_read_gb_per_s", "roof_compute_gflop_per_s", "run_delay_ms", "steal_ms", "drift",
        ]
        let integers = [
            "response_time_outliers", "itl_outliers", "memory_weights_bytes",
            "memory_kv_cache_bytes", "memory_scratch_bytes", "memory_peak_bytes",
            "page_faults_minor", "page_faults_major", "involuntary_switches", "migrations",
        ]
        return spreads + reals.map { ($0, "REAL") } + integers.map { ($0, "INTEGER") }
    }

    /// The lines of `samples.jsonl`, so that runs can be compared by their repetitions.
    private static func samples(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE samples (
                    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
                    line INTEGER NOT NULL,
                    text TEXT NOT NULL,
                    PRIMARY KEY (run, line)
                ) STRICT
                """)
    }

    /// What runs are called by.
    ///
    /// Of runs that are there already none has any: no version wrote them.
    private static func labels(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE labels (
                    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
                    key TEXT NOT NULL,
                    value TEXT NOT NULL,
                    PRIMARY KEY (run, key)
                ) STRICT;
                CREATE INDEX labels_by_key ON labels (key, value)
                """)
    }
}
