import Foundation
import Glibc
import Reporting
import Sweep
import TestSupport
import Testing

/// `tokenmark history` as a user runs it.
@Suite struct HistoryCommandTests {
    private let directory = TemporaryDirectory()

    private var database: [String] { ["--database", directory.path("history.sqlite")] }

    /// A report of one cell, ten repetitions, whose steps all take so long.
    @discardableResult
    private func report(
        _ name: String, stepNanoseconds: UInt64 = 1_000_000, startedAt: Int = 1_700_000_000,
        model: String = "tiny", labels: [String] = []
    ) throws -> String {
        let engine = ScriptedEngine { _, _ in
            .init(pre: 1000, forward: stepNanoseconds, post: 1000)
        }
        engine.identity.model = model
        let grid = Grid(batches: [1], pairs: [LengthPair(8, 4)], repetitions: 10, warmup: 0)
        var manifest = Manifest(
            toolVersion: "0.1.0", commandLine: [], buildConfiguration: "release",
            engine: engine.identity, grid: grid, startedAt: Timestamp(seconds: startedAt))
        manifest.labels = labels.isEmpty ? nil : try Labels(labels)
        let report = try ReportDirectory(path: directory.path(name), manifest: manifest)
        _ = try Runner(try grid.expand(), engine: engine, sink: report).run()
        return report.path
    }

    private func history(_ arguments: [String]) throws -> Program.Result {
        try Program.run(["history"] + arguments + database)
    }

    private func list(_ arguments: [String] = []) throws -> [[String: Any]] {
        let result = try history(["list", "--json"] + arguments)
        try #require(result.status == 0, "\(result.error)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [[String: Any]])
    }

    @Test func reportsAreKeptShownAndCompared() throws {
        let a = try report("a")
        let b = try report("b", stepNanoseconds: 1_100_000, startedAt: 1_700_086_400)
        let added = try history(["add", a, b])
        #expect(added.status == 0 && added.error == "", "\(added.error)")
        #expect(added.output.split(separator: "\n").map { $0.prefix(6) } == ["added ", "added "])
        let again = try history(["add", b])
        #expect(again.status == 0)
        #expect(again.output.hasPrefix("already there ") && again.output.hasSuffix(": \(b)\n"))

        let tables = try Program.run(["report", b]).output
        let summary = try Program.run(["report", b, "--format", "summary"]).output
        let compared = try Program.run(["compare", a, b])
        try FileManager.default.removeItem(atPath: a)
        try FileManager.default.removeItem(atPath: b)

        let runs = try list()
        #expect(
            runs.map { $0["started_at"] as? String } == [
                "2023-11-15T22:13:20Z", "2023-11-14T22:13:20Z",
            ])
        let ids = runs.compactMap { ($0["id"] as? String)?.prefix(8) }.map(String.init)
        #expect(try history(["show", ids[0]]).output == tables)
        #expect(try history(["show", ids[0], "--format", "summary"]).output == summary)
        let text = try history(["list"]).output
        #expect(text.contains("| \(ids[1]) | 2023-11-14T22:13:20Z | tiny  | f32 "))

        #expect(compared.status == 3)
        for choice in [["--last", "2"], [ids[1], ids[0]]] {
            let result = try history(["compare"] + choice)
            #expect(result.status == 3 && result.error == "")
            func body(_ text: String) -> [Substring] { Array(text.split(separator: "\n")[2...]) }
            #expect(body(result.output) == body(compared.output))
            #expect(result.output.hasPrefix("A: run \(ids[1]) of 2023-11-14T22:13:20Z, \(a)\n"))
        }
        #expect(try history(["compare", ids[0], ids[1]]).status == 0)
        #expect(try history(["compare", "--last", "2", "--threshold", "12%"]).status == 0)

        let plot = try history(["plot", "--metric", "tpot_p50", "--point", "1x8x4"])
        #expect(plot.status == 0)
        #expect(plot.output.hasPrefix("tpot_median_ms of tiny, f32, machine unknown, b1-i8-o4\n"))
        #expect(plot.output.hasSuffix("1.002 → 1.102, 2 runs\n"))
        let chinese = try history(["plot", "--metric", "tpot_p50", "--language", "zh"])
        #expect(chinese.output.contains("1.002 → 1.102，2 次运行\n"))
        #expect(try history(["list", "--language", "zh"]).output.contains("| 开始时间 "))
        let svg = directory.path("plot.svg")
        #expect(try history(["plot", "--metric", "tpot_p50", "--svg", svg]).output == "")
        #expect(directory.read("plot.svg")?.hasPrefix("<svg xmlns=") == true)
        // Whoever reads a pipe gets it.
        let pipe = directory.path("pipe")
        mkfifo(pipe, 0o600)
        let reader = open(pipe, O_RDWR)
        defer { close(reader) }
        #expect(try history(["plot", "--metric", "tpot_p50", "--svg", pipe]).status == 0)
        var bytes = [UInt8](repeating: 0, count: 4)
        #expect(read(reader, &bytes, 4) == 4)
        #expect(String(decoding: bytes, as: UTF8.self) == "<svg")
    }

    @Test func labelsSelectAndPruneSaysWhatGoes() throws {
        for (index, branch) in ["main", "fix", "main", "main"].enumerated() {
            let path = try report(
                "r\(index)", startedAt: 1_700_000_000 + index, labels: ["branch=\(branch)"])
            #expect(try history(["add", path]).status == 0)
        }
        let main = ["--label", "branch=main"]
        #expect(try list(main).count == 3)
        #expect(try list(main).allSatisfy { $0["label.branch"] as? String == "main" })
        #expect(try history(["list"]).output.contains("| branch=fix "))
        #expect(try history(["list"] + main + ["--label", "host=x"]).output.count < 300)
        let compared = try history(["compare", "--last", "2"] + main)
        #expect(compared.output.hasPrefix("A: run ") && compared.output.contains("/r2\nB: "))
        let plot = try history(["plot", "--metric", "tpot_p50", "--format", "csv"] + main)
        #expect(plot.output.split(separator: "\n").count == 4)
        let drawn = try history(["plot", "--metric", "tpot_p50", "--format", "html"] + main)
        #expect(drawn.output.contains("<svg"))

        let export = try history(["export", "--format", "jsonl"] + main)
        let lines = export.output.split(separator: "\n")
        #expect(lines.count == 3)
        for line in lines {
            let object =
                try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            #expect(object?["label.branch"] as? String == "main")
            #expect(object?["point"] as? String == "b1-i8-o4")
        }
        let file = directory.path("export.csv")
        #expect(try history(["export", "--output", file]).output == "")
        #expect(directory.read("export.csv")?.split(separator: "\n").count == 5)

        let prune = ["prune", "--keep", "1"] + main
        let trial = try history(prune + ["--dry-run"])
        #expect(trial.status == 0)
        let words = trial.output.split(separator: "\n").map { $0.prefix(13) }
        #expect(words == ["would remove ", "would remove "])
        #expect(trial.output.contains("/r2\n") && trial.output.hasSuffix("/r0\n"))
        #expect(try list().count == 4)
        let pruned = try history(prune)
        #expect(pruned.output == trial.output.replacing("would remove", with: "removed"))
        #expect(try list().count == 2)
        #expect(try history(prune).output == "nothing to remove\n")
    }

    @Test func badReportDoesNotHinderTheOthers() throws {
        let a = try report("a")
        let result = try history(["add", directory.path("none"), a])
        #expect(result.status == 2)
        #expect(result.output.hasPrefix("added "))
        #expect(result.error.contains("none") && result.error.hasPrefix("tokenmark: "))
        #expect(try list().count == 1)
    }

    @Test func databaseComesFromTheEnvironment() throws {
        let a = try report("a")
        let path = directory.path("elsewhere/h.sqlite")
        let result = try Program.run(
            ["history", "add", a], environment: ["TOKENMARK_HISTORY": path])
        #expect(result.status == 0, "\(result.error)")
        #expect(try Program.run(["history", "list", "--database", path]).output.contains("tiny"))
    }

    /// A mount of our own, where the system permits one.
    @Test func aReadOnlyMountIsRead() throws {
        let a = try report("a")
        let b = try report("b", startedAt: 1_700_086_400)
        #expect(try history(["add", a, b]).status == 0)
        let script = """
            mount --bind "$1" "$1" && mount -o remount,ro,bind "$1" || exit 77
            touch "$1/x" 2>/dev/null && exit 77
            for command in list "compare --last 2" "plot --metric tpot_p50"
            do "$0" history $command --database "$1/history.sqlite" > /dev/null || exit
            done
            """
        let result = try Program.run(
            [directory.path, script], by: #"exec unshare -rm sh -c "$2" "$0" "$1""#)
        // 1 and 77: no mount; the commands themselves end with 0, 2 and 3.
        guard ![1, 77, 127].contains(result.status) else { return }
        #expect(result.status == 0, "\(result.error)")
    }

    @Test func badInputIsStatusTwo() throws {
        #expect(try history(["add", try report("a")]).status == 0)
        let garbage = directory.write("garbage, and not a little of it", to: "garbage")
        for (arguments, says) in [
            (["list", "--database", directory.path("none")], "no history"),
            (["list", "--database", garbage], "not a history"),
            (["add", "x", "--database", garbage], "not a history"),
            (["list", "--since", "yesterday"] + database, "yesterday"),
            (["show", "zzzz"] + database, "zzzz"),
            (["plot", "--metric", "tpot"] + database, "tpot_median_ms"),
            (["plot", "--metric", "tpot_p50", "--point", "8x4"] + database, "8x4"),
            (["plot", "--metric", "tpot_p50", "--model", "none"] + database, "tpot_median_ms"),
            (["compare", "--last", "3"] + database, "--last 3"),
            (["compare", "--last", "2"] + database, "1 such run"),
            (["compare", "zzzz"] + database, "1 run"),
            (["compare", "zzzz", "zzzz", "--model", "tiny"] + database, "--model"),
            (["add"] + database, "reports"),
        ] {
            let result = try Program.run(["history"] + arguments)
            #expect(result.status == 2, "\(arguments)")
            #expect(result.output == "", "\(arguments)")
            #expect(result.error.contains(says), "\(result.error)")
            #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
        }
        #expect(directory.read("garbage") == "garbage, and not a little of it")
    }

    /// Four processes begin one history together, and each adds reports of its own and one that all add.
    @Test func processesMayAddAtOnce() throws {
        let shared = try report("shared", startedAt: 1_600_000_000)
        let own = try (0..<12).map { try report("r\($0)", startedAt: 1_700_000_000 + $0) }
        let running = try (0..<4).map { number in
            try Program.start(
                ["history", "add", shared] + own[number * 3..<number * 3 + 3] + database)
        }
        for (process, output, error) in running {
            let said = output.fileHandleForReading.readDataToEndOfFile()
            let complained = error.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            #expect(String(decoding: complained, as: UTF8.self) == "")
            #expect(String(decoding: said, as: UTF8.self).split(separator: "\n").count == 4)
        }
        let runs = try list()
        #expect(Set(runs.compactMap { $0["directory"] as? String }) == Set(own + [shared]))
        #expect(runs.count == 13)
        #expect(runs.allSatisfy { $0["points"] as? Int == 1 })
    }
}
