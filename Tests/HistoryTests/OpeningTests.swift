import Dispatch
import Foundation
import GRDB
import Measurement
import Reporting
import Sweep
import Synchronization
import TestSupport
import Testing

@testable import History

/// What may be opened as a history, and what is left alone.
@Suite struct OpeningTests {
    private let reports = ScriptedReports()

    private var path: String { reports.directory.path("history.sqlite") }

    private func bytes() throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path))
    }

    /// A history with one run, closed.
    private func makeHistory() throws {
        try reports.write("r")
        try reports.history().add(try reports.files("r"))
        try #require(
            !reports.directory.entries.contains("history.sqlite-wal"), "the history is still open")
    }

    @Test func directoryIsMade() throws {
        let history = try reports.history("deep/er/history.sqlite")
        #expect(try history.runs() == [])
        #expect(reports.directory.entries(of: "deep/er").contains("history.sqlite"))
    }

    @Test func missingHistoryIsNotMadeToBeRead() {
        #expect(throws: HistoryError.missing(path: path)) { try HistoryDatabase(existing: path) }
        #expect(reports.directory.entries == [])
    }

    @Test func logIsWrittenAhead() throws {
        let history = try reports.history()
        let mode = try history.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") }
        #expect(mode == "wal")
        let synchronous = try history.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") }
        #expect(synchronous == 2)
    }

    @Test func manyMayBeginItAtOnce() throws {
        let errors = Mutex<[String]>([])
        let path = path
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            do {
                let history = try HistoryDatabase(creating: path)
                guard try history.runs().isEmpty else { throw HistoryError.tooFewRuns(found: 0) }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 } == [])
    }

    @Test(arguments: [
        "not a database, but long enough to look at: " + String(repeating: "garbage ", count: 2000),
        "x", "SQLite format 3\0 and then nothing of it",
        "SQLite format 3\0" + String(repeating: "\u{7F}", count: 5000),
    ])
    func garbageIsLeftAlone(_ text: String) throws {
        reports.directory.write(text, to: "history.sqlite")
        let before = try bytes()
        for open in [HistoryDatabase.init(creating:), HistoryDatabase.init(existing:)] {
            let error = #expect(throws: HistoryError.self) { _ = try open(path) }
            #expect("\(error.map { "\($0)" } ?? "")".hasPrefix("\(path) is not a history: "))
        }
        #expect(try bytes() == before)
        #expect(reports.directory.entries == ["history.sqlite"])
    }

    @Test(arguments: [0.001, 0.1, 0.5, 0.9])
    func truncatedHistoryIsLeftAlone(_ share: Double) throws {
        try makeHistory()
        let whole = try bytes()
        let part = whole.prefix(Int(Double(whole.count) * share))
        try part.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: HistoryError.self) {
            _ = try HistoryDatabase(creating: path)
        }
        #expect("\(error.map { "\($0)" } ?? "")".contains(path))
        #expect(try bytes() == part)
    }

    /// Its header is whole, so that it opens, and no page after it is.
    @Test func damagedPagesAreSaid() throws {
        try makeHistory()
        var bytes = try bytes()
        for index in bytes.indices where index >= 4096 { bytes[index] = 0x5A }
        try bytes.write(to: URL(fileURLWithPath: path))
        try reports.write("s", startedAt: 1_700_000_500)
        #expect(throws: HistoryError.self) {
            try HistoryDatabase(creating: path).add(try reports.files("s"))
        }
        #expect(throws: HistoryError.self) { try HistoryDatabase(existing: path).runs() }
    }

    @Test(arguments: ["PRAGMA application_id = 7", "CREATE TABLE runs (id TEXT)"])
    func databaseOfAnotherProgramIsLeftAlone(_ sql: String) throws {
        try DatabaseQueue(path: path).write { database in
            try database.execute(sql: "\(sql); CREATE TABLE theirs (x INTEGER)")
        }
        let before = try bytes()
        #expect(
            throws: HistoryError.notAHistory(
                path: path, what: "it is the SQLite database of another program")
        ) { try HistoryDatabase(creating: path) }
        #expect(try bytes() == before)
    }

    @Test func newerSchemaIsLeftAlone() throws {
        try makeHistory()
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 99") }
        let before = try bytes()
        #expect(
            throws: HistoryError.newerSchema(path: path, found: 99, known: Schema.current)
        ) { try HistoryDatabase(creating: path) }
        #expect(try bytes() == before)
    }

    @Test func placesThatCannotBeWrittenAreSaid() throws {
        #expect(
            throws: ReportingError.file(
                operation: "create directory", path: "/proc/none", code: ENOENT)
        ) { try HistoryDatabase(creating: "/proc/none/history.sqlite") }
        reports.directory.write("a file", to: "file")
        let path = reports.directory.path("file/history.sqlite")
        #expect(
            throws: HistoryError.unusable(path: path, what: "unable to open database file")
        ) { try HistoryDatabase(creating: path) }
        #expect(
            throws: HistoryError.notAHistory(path: reports.directory.path, what: "it is no file")
        ) { try HistoryDatabase(creating: reports.directory.path) }
    }

    @Test func standardPath() {
        #expect(
            HistoryPath.standard(environment: [
                "TOKENMARK_HISTORY": "/x/h", "XDG_DATA_HOME": "/data", "HOME": "/home/u",
            ]) == "/x/h")
        #expect(
            HistoryPath.standard(environment: [
                "TOKENMARK_HISTORY": "", "XDG_DATA_HOME": "/data", "HOME": "/home/u",
            ]) == "/data/tokenmark/history.sqlite")
        #expect(
            HistoryPath.standard(environment: ["XDG_DATA_HOME": "data", "HOME": "/home/u"])
                == "/home/u/.local/share/tokenmark/history.sqlite")
        #expect(HistoryPath.standard(environment: [:]) == nil)
    }
}
