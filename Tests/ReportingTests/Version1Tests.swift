import Foundation
import Reporting
import Sweep
import TestSupport
import Testing

/// Reports that an earlier version of the program wrote, as it wrote them: what it said of them is still
/// said.
struct Version1Tests {
    private static let names = Repository.entries("Tests/ReportingTests/Fixtures/version1")
        .filter { !$0.hasSuffix(".json") }

    private static func path(_ name: String) -> String {
        Repository.path("Tests/ReportingTests/Fixtures/version1/\(name)")
    }

    private static func text(_ name: String) throws -> String {
        try #require(Repository.text("Tests/ReportingTests/Fixtures/version1/\(name)"))
    }

    @Test func thereAreSome() {
        #expect(Self.names == ["changed", "detail", "normal", "settings", "unfinished"])
    }

    @Test(arguments: names)
    func tablesAreAsTheyWere(_ name: String) throws {
        let report = try Report(path: Self.path(name))
        #expect(report.manifest.schemaVersion == 1)
        #expect(report.documentsCSV == (try Self.text("\(name)/documents.csv")))
        #expect(report.tablesText == (try Self.text("\(name)/tables.md")))
    }

    /// There are more columns now; those that there were have the same values.
    @Test(arguments: names)
    func columnsAreAsTheyWere(_ name: String) throws {
        let directory = TemporaryDirectory()
        directory.write(try Report(path: Self.path(name)).summaryCSV, to: "summary.csv")
        let before = try CSVFile(path: Self.path("\(name)/summary.csv"))
        let now = try CSVFile(path: directory.path("summary.csv"))
        #expect(before.lines.count == now.lines.count && !before.lines.isEmpty)
        for header in before.header {
            let old = try #require(before.header.firstIndex(of: header))
            let new = try #require(now.header.firstIndex(of: header), "\(header) is gone")
            #expect(
                before.lines.map { $0.fields[old] } == now.lines.map { $0.fields[new] }, "\(header)"
            )
        }
    }

    @Test func comparisonsAreAsTheyWere() throws {
        let comparison = try Comparison(
            try ComparisonSide(path: Self.path("detail")),
            try ComparisonSide(path: Self.path("changed")))
        let text = try comparison.json()
        let said = try Self.text("comparison.json")
        func withoutPaths(_ text: String) -> [Substring] {
            text.split(separator: "\n").filter { !$0.contains("\"path\"") }
        }
        #expect(withoutPaths(text) == withoutPaths(said))
    }

    /// Lines are gone on with by their keys: those of then are those of now.
    @Test(arguments: names)
    func keysAreAsTheyWere(_ name: String) throws {
        let manifest = try Manifest(directory: Self.path(name))
        let keys = try Self.text("\(name)/samples.jsonl").split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        #expect(!keys.isEmpty)
        let points = try manifest.grid.expand().points
        for line in keys {
            let point = try #require(points.first { $0.id == line.point })
            #expect(hexadecimal(manifest.key(of: point)) == line.key)
        }
    }

    private struct Line: Decodable {
        let point: String
        let key: String
    }

    @Test func anUnfinishedReportIsGoneOnWith() throws {
        let directory = TemporaryDirectory()
        try FileManager.default.copyItem(
            atPath: Self.path("unfinished"), toPath: directory.path("r"))
        let manifest = try Manifest(directory: directory.path("r"))
        let report = try ReportDirectory(resuming: directory.path("r"), manifest: manifest)
        #expect(report.earlier.repetitions.values.map(\.count).sorted() == [1, 1, 1, 2])
        try report.begin(manifest.grid.expand())
        try report.end(Outcome())
        // What is written now is of this version, and says the same of what was there.
        let after = try Report(path: directory.path("r"))
        #expect(after.rows.filter { $0.summary != nil }.count == 4)
    }
}
