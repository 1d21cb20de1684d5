import Basics
import Measurement
import Reporting
import Sweep
import TestSupport
import Testing

struct ReportComparisonTests {
    private let directory = TemporaryDirectory()

    private func write(
        _ name: String, _ change: (inout Manifest) throws -> Void = { _ in }
    ) throws -> String {
        var sweep = ScriptedSweep()
        sweep.grid.repetitions = 5
        var manifest = sweep.manifest
        try change(&manifest)
        let report = try ReportDirectory(path: directory.path(name), manifest: manifest)
        try sweep.run(into: report)
        return report.path
    }

    private func compare(
        _ a: String, _ b: String, _ settings: ComparisonSettings = .init()
    ) throws -> Comparison {
        try Comparison(ComparisonSide(path: a), ComparisonSide(path: b), settings: settings)
    }

    @Test func equalReportsDoNotDiffer() throws {
        let comparison = try compare(try write("a"), try write("b"))
        #expect(comparison.differences == [])
        #expect(comparison.metrics.map(\.metric) == [.ttft, .tpot, .output, .prefill])
        #expect(comparison.metrics[0].cells.map(\.id) == ["b1-i4-o3", "b1-i8-o1", "b2-i4-o3"])
        // One output token has no next one.
        #expect(comparison.metrics[1].cells.map(\.id) == ["b1-i4-o3", "b2-i4-o3"])
        #expect(
            comparison.metrics.allSatisfy { $0.cells.allSatisfy { $0.outcome == .noDifference } })
        #expect(comparison.leftOut.map(\.id) == ["b2-i8-o1"])
        #expect(comparison.leftOut[0].reason.en.hasPrefix("in A failed: "))
    }

    @Test func aLineOfAnEarlierVersionIsRead() throws {
        let path = try write("a")
        let whole = try #require(directory.read("a/samples.jsonl"))
        let old = whole.replacing(#/"key":"[0-9a-f]+",/#, with: "")
        #expect(old != whole)
        directory.write(old, to: "a/samples.jsonl")
        #expect(try compare(path, try write("b")).metrics.count == 4)
    }

    @Test func whatDiffersIsNamed() throws {
        let a = try write("a") {
            try $0.set("machine", to: ["cpu_model": "EPYC", "governor": "performance"])
            try $0.set("execution", to: ["threads": 2])
        }
        let b = try write("b") {
            try $0.set("machine", to: ["cpu_model": "Xeon"])
            try $0.set("execution", to: ["threads": 1])
            $0.buildConfiguration = "release"
            $0.toolVersion = "0.2.0"
        }
        let differences = try compare(a, b).differences
        #expect(
            differences.map(\.description) == [
                "version is 0.1.0 in A and 0.2.0 in B", "build is debug in A and release in B",
                "threads is 2 in A and 1 in B", "CPU model is EPYC in A and Xeon in B",
            ])
        #expect(
            differences.map(\.weight) == [.differs, .notComparable, .differs, .notComparable])
    }

    @Test func anotherModelIsRefusedUnlessAsked() throws {
        let (a, b) = (try write("a"), try write("b") { $0.engine.model = "other" })
        #expect(
            throws: ReportingError.otherModel(differences: ["model is tiny in A and other in B"])
        ) { try compare(a, b) }
        #expect(try compare(a, b, .init(allowsAnyModel: true)).metrics.count == 4)
    }

    @Test func whatIsNoReportIsSaid() throws {
        let empty = directory.path("empty")
        #expect(throws: ReportingError.self) { try ComparisonSide(path: empty) }
        let text = directory.write("hello\n", to: "text")
        #expect(throws: ReportingError.self) { try ComparisonSide(path: text) }
    }
}
