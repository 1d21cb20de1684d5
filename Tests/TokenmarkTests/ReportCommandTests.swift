import Foundation
import Reporting
import Sweep
import TestSupport
import Testing

/// `tokenmark report` as a user runs it.
@Suite struct ReportCommandTests {
    private let directory = TemporaryDirectory()

    /// A report of two cells; the second is never run if `isCutOff`.
    private func report(isCutOff: Bool = false) throws -> String {
        let engine = ScriptedEngine { _, _ in .init(pre: 1000, forward: 1_000_000, post: 1000) }
        let grid = Grid(
            batches: [1], pairs: [LengthPair(256, 256), LengthPair(8, 4)], warmup: 0)
        let report = try ReportDirectory(
            path: directory.path("r"),
            manifest: Manifest(
                toolVersion: "0.1.0", commandLine: [], buildConfiguration: "release",
                engine: engine.identity, grid: grid))
        _ = try Runner(
            try grid.expand(), engine: engine, sink: report,
            isCancelled: { isCutOff && report.rows.count == 1 }
        ).run()
        return report.path
    }

    /// A table of the guides, 910B3 at batch 1.
    private func theirs() -> String {
        directory.write(
            """
            batch_size,input length,output length,首token耗时（ms）,非首token平均耗时（ms）,E2E吞吐（token/s）
            1,256,256,35.63896179199219,15.51435661315918,56.888888888888886

            """, to: "910b3.csv")
    }

    @Test func pageGoesToTheFileThatIsNamed() throws {
        let path = try report()
        let page = try Program.run(["report", path, "--format", "html"])
        #expect(page.status == 0)
        #expect(page.output.hasPrefix("<!DOCTYPE html>"))
        #expect(page.output == directory.read("r/report.html"))
        let file = try Program.run(
            ["report", path, "--format", "html", "--output", directory.path("page.html")])
        #expect(file.output == "")
        #expect(directory.read("page.html") == page.output)
        let beside = try Program.run(["report", path, "--format", "html", "--beside", theirs()])
        #expect(beside.output.contains("<h2>Beside 910b3.csv</h2>"))
        let nowhere = try Program.run(
            ["report", path, "--output", directory.path("none/page.html")])
        #expect(nowhere.status == 2)
        #expect(nowhere.error.contains("none/page.html"))
    }

    @Test func severalReportsAreOnePage() throws {
        let path = try report()
        let page = try Program.run(["report", path, path, path, "--format", "html"])
        #expect(page.status == 0 && page.error == "")
        #expect(page.output.contains("<h3>C compared with A</h3>"))
        let two = try Program.run(["report", path, path, "--format", "html"])
        let compared = try Program.run(["compare", path, path, "--format", "html"])
        #expect(two.output == compared.output)
    }

    @Test func severalReportsThatMakeNoPageAreStatusTwo() throws {
        let path = try report()
        for (arguments, says) in [
            ([path, path], "tokenmark compare A B"),
            ([path, path, "--format", "csv"], "--format csv has room for one report"),
            ([path, path, "--format", "html", "--beside", path], "--beside puts a table"),
            ([path, path, path, path, path, "--format", "html"], "5 reports are too many"),
            ([path, "/no/such", "--format", "html"], "/no/such"),
            ([], "directory"),
        ] {
            let result = try Program.run(["report"] + arguments)
            #expect(result.status == 2, "\(result.error)")
            #expect(result.output == "")
            #expect(result.error.contains(says), "\(result.error)")
        }
    }

    @Test func besideIsAddedToEveryFormatThatHasRoomForIt() throws {
        let (path, other) = (try report(), theirs())
        let plain = try Program.run(["report", path, "--format", "markdown"])
        let markdown = try Program.run(
            ["report", path, "--format", "markdown", "--beside", other, "--beside", path])
        #expect(markdown.status == 0 && markdown.error == "")
        #expect(markdown.output.hasPrefix(plain.output))
        #expect(markdown.output.contains("\n## 竞品对比：910b3.csv\n"))
        #expect(markdown.output.contains("\n## 竞品对比：tiny · f32 · cpu\n"))
        #expect(markdown.output.contains("| 35.64 | 35.64×"))

        let csv = try Program.run(
            ["report", path, "--beside", other, "--format", "summary"])
        #expect(csv.output.split(separator: "\n").count == 3)
        #expect(csv.output.contains(",1,256,256,ok,ok,1.0,35.63896179199219,35.638961"))

        let json = try Program.run(["report", path, "--beside", other, "--format", "json"])
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
        #expect(object["schema_version"] as? Int == 1)
        let beside = try #require((object["beside"] as? [[String: Any]])?.first)
        let cells = try #require(beside["cells"] as? [[String: Any]])
        #expect(cells.count == 2)
        #expect(
            (cells[0]["theirs"] as? [String: Any])?["next_token_ms"] as? Double == 15.51435661315918
        )
        #expect(cells[1]["theirs"] is NSNull)
    }

    @Test func badBesideIsStatusTwo() throws {
        let (path, other) = (try report(), theirs())
        let odd = directory.write("a,b\n1,2\n", to: "odd.csv")
        for (arguments, says) in [
            (["--beside", "/no/such.csv"], "/no/such.csv"), (["--beside", odd], "columns a,b"),
            (["--beside", other, "--format", "documents"], "give --format csv"),
            (["--format", "csv", "--table", "attempts"], "there is summary, documents"),
            (["--format", "json", "--table", "summary"], "--table summary has no place in json"),
            (["--format", "summary", "--table", "documents"], "exclude each other"),
            (["--format", "yaml"], "there is text, markdown, csv, json, jsonl, html"),
            (["--language", "fr"], "fr"),
        ] {
            let result = try Program.run(["report", path] + arguments)
            #expect(result.status == 2, "\(result.error)")
            #expect(result.output == "")
            #expect(result.error.contains(says), "\(result.error)")
        }
    }

    /// The words of the time when a table was a format.
    @Test func theNameOfATableStandsForCSVOfIt() throws {
        let path = try report()
        for (old, new) in [
            (["--format", "summary"], ["--format", "csv"]),
            (["--format", "summary"], ["--format", "csv", "--table", "summary"]),
            (["--format", "documents"], ["--format", "csv", "--table", "documents"]),
            ([], ["--format", "text"]),
            ([], ["--format", "text", "--language", "en"]),
        ] as [([String], [String])] {
            let (before, now) = (
                try Program.run(["report", path] + old), try Program.run(["report", path] + new)
            )
            #expect(before.status == 0 && before.output == now.output, "\(old)")
        }
        let lines = try Program.run(["report", path, "--format", "jsonl", "--table", "documents"])
        #expect(lines.output.split(separator: "\n").count == 2)
        #expect(lines.output.contains("\"ResponseTime(s)\":"))
    }

    @Test func titlesAreInTheLanguageAskedFor() throws {
        let path = try report()
        let english = try Program.run(
            ["report", path, "--format", "markdown", "--language", "en"])
        #expect(english.output.contains("| first token (ms) | next tokens, mean (ms) |"))
        #expect(!english.output.contains("首token") && !english.output.contains("注："))
        let chinese = try Program.run(["report", path, "--language", "zh"])
        #expect(chinese.output.contains("| batch | 输入长度 | 输出长度 | TTFT (ms)"))
        #expect(!chinese.output.contains("do not say"))
        // A terminal shows English unless it is asked for another language.
        let terminal = try Program.run(["report", path])
        #expect(terminal.output.contains("| batch | input | output | TTFT (ms)"))
    }

    @Test func whatASweepNeverCameToIsARow() throws {
        let path = try report(isCutOff: true)
        for format in ["markdown", "summary", "json"] {
            let result = try Program.run(["report", path, "--format", format])
            #expect(result.status == 0 && result.error == "")
            #expect(result.output.contains("not_run"), "\(format)")
        }
        try FileManager.default.removeItem(atPath: path + "/samples.jsonl")
        let empty = try Program.run(["report", path])
        #expect(empty.status == 0)
        #expect(empty.error.contains("warning: \(path)/samples.jsonl is missing"))
    }
}
