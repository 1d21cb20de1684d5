import Foundation
import Reporting
import Sweep
import TestSupport
import Testing

/// `tokenmark scaling` as a user runs it.
@Suite struct ScalingCommandTests {
    private let directory = TemporaryDirectory()

    /// A report of two cells of one rank, whose passes all take 10 ms.
    private func report(
        _ name: String, model: String = "qwen1.5-0.5b", engine program: String = "tokenmark",
        output: Int = 4
    ) throws -> String {
        let engine = ScriptedEngine { _, _ in .init(pre: 0, forward: 10_000_000, post: 0) }
        engine.identity.model = model
        engine.identity.engine = program
        engine.identity.precision = "int8"
        let report = try ReportDirectory(
            path: directory.path(name),
            manifest: Manifest(
                toolVersion: "0.1.0", commandLine: [], buildConfiguration: "release",
                engine: engine.identity,
                grid: Grid(
                    batches: [1, 4], pairs: [LengthPair(64, output)], repetitions: 2, warmup: 0)))
        _ = try Runner(
            try Grid(
                batches: [1, 4], pairs: [LengthPair(64, output)], repetitions: 2, warmup: 0
            ).expand(), engine: engine, sink: report
        ).run()
        return report.path
    }

    private func rows(_ text: String) -> [[String: String]] {
        let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
        guard let header = lines.first else { return [] }
        return lines.dropFirst().map {
            Dictionary(zip(header, $0)) { first, _ in first }
        }
    }

    @Test func moreHostsAreFasterUntilTheyTalkTooMuch() throws {
        let path = try report("a")
        let csv = try Program.run([
            "scaling", path, "--ranks", "2,4", "--gigabits", "1,100", "--latency-us", "10",
            "--format", "csv",
        ])
        #expect(csv.status == 0, "\(csv.error)")
        #expect(
            csv.output.hasPrefix(
                "batch,input_tokens,output_tokens,ranks,link_gbit_per_s,ttft_ms,tpot_ms,"
                    + "communication_share,speed_up,efficiency\n"))
        // One host without a link, then two and four over each of two links, for both batches.
        #expect(csv.output.split(separator: "\n").count == 1 + 2 * (1 + 2 * 2))
        let chinese = try Program.run(["scaling", path, "--ranks", "2", "--language", "zh"])
        #expect(chinese.output.contains("qwen1.5-0.5b · int8 在多台主机上的预测"), "\(chinese.error)")
        let check = try Program.run(["scaling", path, "--format", "check"])
        #expect(check.status == 0, "\(check.error)")
        for row in rows(check.output) {
            #expect(row["ttft_measured_ms"] == "10.0")
            #expect(row["tpot_measured_ms"] == "10.0")
        }
        #expect(rows(check.output).count == 2)
    }

    @Test(arguments: [
        (["--model", "qwen9"], "qwen9"),
        (["--precision", "int3"], "int3"),
        (["--ranks", "0"], "0"),
        (["--ranks", "2000"], "--ranks 2000 is more than 1024"),
        (["--ranks", "17"], "17 ranks are too many to share it: it has 16 heads"),
        (["--gigabits", "25,,100"], "--gigabits '' is no number above 0"),
        (["--gigabits", "-1"], "--gigabits '-1' is no number above 0"),
        (["--latency-us", "-1"], "--latency-us -1.0 is no time of 0 or more"),
    ])
    func whatCannotBeIsRefused(_ options: [String], _ words: String) throws {
        let result = try Program.run(["scaling", try report("a")] + options)
        #expect(result.status == 2)
        #expect(result.error.contains(words), "\(result.error)")
        #expect(result.output == "")
    }

    @Test func aReportThatSaysTooLittleIsRefused() throws {
        let file = try Program.run(["scaling", try report("a", model: "mine")])
        #expect(file.status == 2)
        #expect(file.error.contains("is of mine, whose shape a report does not say"))
        let other = try Program.run(["scaling", try report("b", engine: "other")])
        #expect(other.status == 2)
        #expect(other.error.contains("is of other, whose costs are not known"))
        let short = try Program.run(["scaling", try report("c", output: 1)])
        #expect(short.status == 2, "\(short.output)")
        #expect(short.error.contains("nothing can be foretold"), "\(short.error)")
        #expect(try Program.run(["scaling", directory.path("none")]).status == 2)
    }
}
