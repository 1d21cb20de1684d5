import Foundation
import Reporting
import Sweep
import TestSupport
import Testing

/// `tokenmark compare` as a user runs it.
@Suite struct CompareCommandTests {
    private let directory = TemporaryDirectory()

    /// A report of one cell, ten repetitions, whose steps all take so long.
    private func report(
        _ name: String, stepNanoseconds: UInt64, model: String = "tiny"
    ) throws
        -> String
    {
        let engine = ScriptedEngine { _, _ in
            .init(pre: 1000, forward: stepNanoseconds, post: 1000)
        }
        engine.identity.model = model
        let grid = Grid(batches: [1], pairs: [LengthPair(8, 4)], repetitions: 10, warmup: 0)
        let report = try ReportDirectory(
            path: directory.path(name),
            manifest: Manifest(
                toolVersion: "0.1.0", commandLine: [], buildConfiguration: "release",
                engine: engine.identity, grid: grid))
        _ = try Runner(try grid.expand(), engine: engine, sink: report).run()
        return report.path
    }

    @Test func aRegressionIsStatusThree() throws {
        let a = try report("a", stepNanoseconds: 1_000_000)
        let b = try report("b", stepNanoseconds: 1_100_000)
        let slower = try Program.run(["compare", a, b])
        #expect(slower.status == 3, "\(slower.error)")
        #expect(slower.output.contains("b1-i8-o4  slower 0.91× [0.91, 0.91]  1.002 → 1.102"))
        #expect(slower.error == "")

        let faster = try Program.run(["compare", b, a, "--format", "markdown"])
        #expect(faster.status == 0)
        #expect(faster.output.contains("| b1-i8-o4 | faster 1.10× [1.10, 1.10] |"))

        let floor = try Program.run(["compare", a, b, "--threshold", "12.5%"])
        #expect(floor.status == 0)
        #expect(floor.output.contains("by more than 12.50 %"))

        let json = try Program.run(["compare", a, b, "--format", "json"])
        #expect(json.status == 3)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["schema_version"] as? Int == 1)
        #expect(object["regression"] as? Bool == true)
    }

    @Test func badInputIsStatusTwo() throws {
        let a = try report("a", stepNanoseconds: 1_000_000)
        let other = try report("b", stepNanoseconds: 1_000_000, model: "other")
        for (arguments, says) in [
            ([a, other], "model is tiny in A and other in B"),
            ([a, "/no/such/report"], "/no/such/report"),
            ([a, a, "--threshold", "two"], "two"),
            ([a, a, "--threshold", "-1%"], "-1%"),
            ([a, a, "--format", "html"], "html"),
            ([a], "b"),
        ] {
            let result = try Program.run(["compare"] + arguments)
            #expect(result.status == 2, "\(arguments)")
            #expect(result.output == "")
            #expect(result.error.contains(says), "\(result.error)")
            #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
        }
        #expect(try Program.run(["compare", a, other, "--any-model"]).status == 0)
    }
}
