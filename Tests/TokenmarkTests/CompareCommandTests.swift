import Foundation
import Reporting
import Sweep
import TestSupport
import Testing

/// `tokenmark compare` as a user runs it.
@Suite struct CompareCommandTests {
    private let directory = TemporaryDirectory()

    /// A report of one cell, whose steps all take so long.
    private func report(
        _ name: String, stepNanoseconds: UInt64, model: String = "tiny", repetitions: Int = 10,
        inputs: [Int] = [8], faults: [ScriptedEngine.Fault] = []
    ) throws
        -> String
    {
        let engine = ScriptedEngine { _, _ in
            .init(pre: 1000, forward: stepNanoseconds, post: 1000)
        }
        engine.identity.model = model
        engine.faults = faults
        let grid = Grid(
            batches: [1], pairs: inputs.map { LengthPair($0, 4) }, repetitions: repetitions,
            warmup: 0)
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
        #expect(object["verdict"] as? String == "regression")

        let csv = try Program.run(["compare", a, b, "--format", "csv"])
        #expect(csv.status == 3)
        #expect(csv.output.hasPrefix("metric,id,outcome,") && csv.output.contains(",slower,"))
        let file = directory.path("compared.html")
        let html = try Program.run(["compare", a, b, "--format", "html", "--output", file])
        #expect(html.status == 3 && html.output == "")
        #expect(directory.read("compared.html")?.hasPrefix("<!DOCTYPE html>") == true)
    }

    @Test func aLostCellIsStatusThree() throws {
        let a = try report("a", stepNanoseconds: 1_000_000, inputs: [8, 16])
        let failed = try report(
            "b", stepNanoseconds: 1_000_000, inputs: [8, 16],
            faults: [.init("b1-i16-o4", .run(call: 0), .fail("broken"))])
        let fewer = try report("c", stepNanoseconds: 1_000_000)
        for (b, reason) in [(failed, "in B failed: broken"), (fewer, "only in A")] {
            let result = try Program.run(["compare", a, b])
            #expect(result.status == 3, "\(result.error)")
            #expect(
                result.output.contains("Lost: ok in A, not in B\n  b1-i16-o4: \(reason)"),
                "\(result.output)")
            #expect(result.output.hasSuffix("results slower, 1 cell lost.\n"))
        }
        #expect(try Program.run(["compare", a, failed, "--allow-missing"]).status == 3)
        #expect(try Program.run(["compare", a, fewer, "--allow-missing"]).status == 0)
        #expect(try Program.run(["compare", fewer, a]).status == 0)
    }

    @Test func nothingToldIsStatusFour() throws {
        let few = try report("a", stepNanoseconds: 1_000_000, repetitions: 3)
        let told = try Program.run(["compare", few, few, "--format", "json"])
        #expect(told.status == 4, "\(told.error)")
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(told.output.utf8)) as? [String: Any])
        #expect(object["verdict"] as? String == "cannot_tell")
        #expect(object["regression"] as? Bool == false)

        let broken = try report(
            "b", stepNanoseconds: 1_000_000,
            faults: [.init("b1-i8-o4", .run(call: 0), .fail("broken"))])
        #expect(try Program.run(["compare", broken, broken]).status == 4)
        let other = try report("c", stepNanoseconds: 1_000_000, inputs: [16])
        #expect(try Program.run(["compare", few, other]).status == 3)
        #expect(try Program.run(["compare", few, other, "--allow-missing"]).status == 4)
    }

    /// One table, whoever prints it.
    @Test func helpHasTheTableOfStatuses() throws {
        for command in [[], ["compare"], ["history", "compare"]] {
            let help = try Program.run(command + ["--help"])
            #expect(help.status == 0)
            for line in [
                "0    done", "1    done, but some cells failed", "2    bad usage or bad input",
                "3    compare found a regression", "4    compare could not tell anything",
                "129  ended by SIGHUP", "130  ended by Ctrl-C", "143  ended by SIGTERM",
            ] {
                #expect(help.output.contains("\n\(line)"), "\(line) in \(help.output)")
            }
        }
    }

    @Test func badInputIsStatusTwo() throws {
        let a = try report("a", stepNanoseconds: 1_000_000)
        let other = try report("b", stepNanoseconds: 1_000_000, model: "other")
        for (arguments, says) in [
            ([a, other], "model is tiny in A and other in B"),
            ([a, "/no/such/report"], "/no/such/report"),
            ([a, a, "--threshold", "two"], "two"),
            ([a, a, "--threshold", "-1%"], "-1%"),
            ([a, a, "--format", "yaml"], "text, markdown, csv, json, jsonl, html"),
            ([a, a, "--format", "summary"], "--format summary is not given here"),
            ([a, a, "--table", "results"], "--table results has no place in text"),
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
