import GRDB
import Glibc

/// A database on a read-only mount, or of somebody else.
///
/// SQLite keeps two files beside a database with a write-ahead log, and makes them even to read.
struct UnwritableDatabase {
    /// Links followed: SQLite looks for the log beside the file itself.
    private let path: String

    init(_ path: String) {
        self.path = Self.resolved(path)
    }

    /// Whether the file can be written, and files beside it.
    static func canBeWritten(_ path: String) -> Bool {
        let path = resolved(path)
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let directory = slash == path.startIndex ? "/" : String(path[..<slash])
        return access(path, W_OK) == 0 && access(directory, W_OK) == 0
    }

    /// Opens it in the first way that is possible, and looks at it.
    func open(
        _ configuration: Configuration, check: (Database) throws -> Void
    ) throws -> DatabaseQueue {
        var refusal: DatabaseError?
        for way in ways {
            var configuration = configuration
            if way == .withoutLocks {
                // The index of the log is then kept in memory, and not in a file.
                configuration.prepareDatabase {
                    try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE")
                }
            }
            do {
                let queue = try DatabaseQueue(path: path(way), configuration: configuration)
                try queue.read(check)
                return queue
            } catch let error as DatabaseError
                where [.SQLITE_CANTOPEN, .SQLITE_READONLY].contains(error.resultCode)
            {
                refusal = error
            }
        }
        throw refusal ?? DatabaseError(resultCode: .SQLITE_CANTOPEN)
    }

    private enum Way {
        /// As one who may only read, with the locks of a log that somebody has open.
        case plain
        /// With the log, and without locks, which would be written.
        case withoutLocks
        /// As a file that nobody changes, which needs no log.
        case immutable
    }

    /// What a journal has not rolled back SQLite alone can tell.
    private var ways: [Way] {
        if size("-journal") > 0 { return [.plain] }
        guard size("-wal") > 0 else { return [.immutable, .plain] }
        return size("-shm") > 0 ? [.plain, .withoutLocks] : [.withoutLocks, .plain]
    }

    private func path(_ way: Way) -> String {
        let uri = "file:\(Self.escaped(path))?mode=ro"
        return switch way {
        case .plain: path
        case .withoutLocks: "\(uri)&vfs=unix-none"
        case .immutable: "\(uri)&immutable=1"
        }
    }

    /// Bytes of a file beside it; 0 where there is none.
    private func size(_ suffix: String) -> Int {
        var status = stat()
        return stat(path + suffix, &status) == 0 ? Int(status.st_size) : 0
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// As a path stands in a URI of SQLite's.
    private static func escaped(_ path: String) -> String {
        path.replacing("%", with: "%25").replacing("?", with: "%3f").replacing("#", with: "%23")
    }
}
