import GRDB
import Glibc
import Reporting

/// The results of many runs in one SQLite file.
///
/// Several processes may read and write it at once: each report is one immediate transaction of a
/// write-ahead log, and a process that finds the file locked waits.
package final class HistoryDatabase {
    package let path: String
    private let queue: DatabaseQueue

    /// How long to wait for other processes, in seconds.
    static let patience = 60.0

    /// Opens a database, and makes it and its directory where there is none.
    ///
    /// - Throws: ``HistoryError``, or ``ReportingError`` if the directory cannot be made.
    package convenience init(creating path: String) throws {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try ReportDirectory.createDirectory(String(path[..<slash]))
        }
        try self.init(path: path, schema: Schema.current)
    }

    /// Opens a database that exists.
    ///
    /// Where nothing can be written it is only read, also if it is one of an earlier version.
    ///
    /// - Throws: ``HistoryError``.
    package convenience init(existing path: String) throws {
        guard access(path, F_OK) == 0 else { throw HistoryError.missing(path: path) }
        if UnwritableDatabase.canBeWritten(path) {
            try self.init(path: path, schema: Schema.current)
        } else {
            try self.init(unwritable: path)
        }
    }

    /// Opens a database without writing anything, neither to it nor beside it.
    init(unwritable path: String) throws {
        self.path = path
        queue = try Self.translated(path) {
            try Self.check(path)
            return try UnwritableDatabase(path).open(Self.configuration(isReadOnly: true)) {
                guard try Schema.version(of: $0, path: path) > 0 else {
                    throw HistoryError.notAHistory(path: path, what: "it is empty")
                }
            }
        }
    }

    /// Opens or makes a database and brings it up to a schema, for tests an old one.
    ///
    /// A file that is no history, or one of a later version, is only read.
    init(path: String, schema: Int) throws {
        self.path = path
        queue = try Self.open(path)
        if try read({ try Schema.version(of: $0, path: path) }) < schema {
            try write { try Schema.migrate($0, to: schema, path: path) }
        }
        try useWriteAheadLog()
    }

    /// Reads in one transaction.
    func read<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try Self.translated(path) { try queue.read(body) }
    }

    /// Writes in one immediate transaction: it waits before it reads, so that what it read stays true.
    func write<Result>(_ body: (Database) throws -> Result) throws -> Result {
        try Self.translated(path) { try queue.write(body) }
    }

    // MARK: - Opening

    private static func open(_ path: String) throws -> DatabaseQueue {
        try translated(path) {
            if access(path, F_OK) == 0 {
                try check(path)
                try inspect(path)
            }
            return try DatabaseQueue(path: path, configuration: configuration(isReadOnly: false))
        }
    }

    /// Looks whether it can be a database at all.
    private static func check(_ path: String) throws(HistoryError) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw .notAHistory(path: path, what: "it is no file")
        }
        // SQLite takes a file of one byte as empty.
        guard !(1..<smallestPage).contains(status.st_size) else {
            throw .notAHistory(path: path, what: "it is no SQLite database")
        }
    }

    /// The fewest bytes of an SQLite database that has anything in it.
    private static let smallestPage = 512

    /// Looks whether the file is ours, on a connection that cannot write.
    private static func inspect(_ path: String) throws {
        do {
            let queue = try DatabaseQueue(
                path: path, configuration: configuration(isReadOnly: true))
            _ = try queue.read {
                try Schema.version(of: $0, path: path)
            }
        } catch let error as DatabaseError
            where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
        {
            // A log that a killed process left can be read only by one that may write.
        }
    }

    private static func configuration(isReadOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.busyMode = .timeout(patience)
        configuration.prepareDatabase { database in
            // A file from elsewhere may bring triggers and views along.
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            // Reads the file, before it is known how that is done.
            if !isReadOnly { try database.execute(sql: "PRAGMA synchronous = FULL") }
        }
        return configuration
    }

    /// Switches to a write-ahead log, which stays with the file.
    ///
    /// SQLite does not wait for others before it switches, so this does.
    private func useWriteAheadLog() throws {
        let pause: UInt32 = 10_000
        for _ in 0..<Int(Self.patience * 1e6 / Double(pause)) {
            do {
                // A file system without shared memory keeps another journal, which serves too.
                try queue.writeWithoutTransaction {
                    try $0.execute(sql: "PRAGMA journal_mode = WAL")
                }
                return
            } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                usleep(pause)
            } catch let error as DatabaseError {
                throw HistoryError(error, path: path)
            }
        }
        throw HistoryError.busy(path: path)
    }

    private static func translated<Result>(
        _ path: String, _ body: () throws -> Result
    ) throws -> Result {
        do {
            return try body()
        } catch let error as DatabaseError {
            throw HistoryError(error, path: path)
        }
    }
}
