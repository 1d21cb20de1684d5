import Foundation
import Glibc
import TestSupport
import Testing

/// Whole runs of the program on a model of a few kilobytes.
@Suite struct SweepCommandTests {
    static let header =
        "batch_size,input_seq_len(Encoding),output_seq_len(Decoding),ResponseTime(s),"
        + "forward_first_token_time(ms),forward_next_token_time(ms),pre_next_token_time(ms),"
        + "post_next_token_time_post(ms)"

    private func sweep(
        _ model: TinyModelFile, _ arguments: String, report: String = "report",
        environment: [String: String] = [:]
    ) throws -> Program.Result {
        try Program.run(
            ["sweep", "--weights", model.path, "--report-dir", model.directory.path(report)]
                + arguments.split(separator: " ").map(String.init),
            environment: environment)
    }

    @Test func aSweepWritesTheDocumentsTable() throws {
        let model = try TinyModelFile()
        let result = try sweep(model, "--batch 1,2 --pairs 8x4,5x1")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("| batch | input | output | TTFT (ms)"))
        #expect(try model.text("report/tables.md").contains("首token耗时（ms）"))
        #expect(result.output.contains(model.directory.path("report")))
        let csv = try model.text("report/performance_test_cpu_tiny-test_bf16.csv")
        let lines = csv.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == Self.header)
        #expect(
            lines[1...4].map { $0.split(separator: ",").prefix(3).joined(separator: ",") }
                == ["1,8,4", "1,5,1", "2,8,4", "2,5,1"])
        #expect(lines[5] == "")
        #expect(lines[2].hasSuffix(",,,"))
    }

    @Test func aManifestSaysWhatRanAndWhere() throws {
        let model = try TinyModelFile()
        _ = try sweep(model, "--pairs 8x4 --precision f32 --threads 1 --isa scalar")
        let data = Data(try model.text("report/manifest.json").utf8)
        let manifest = try #require(
            try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(manifest["status"] as? String == "completed")
        let sections = try #require(manifest["sections"] as? [String: Any])
        let execution = try #require(sections["execution"] as? [String: Any])
        #expect(execution["instruction_set"] as? String == "scalar")
        #expect(execution["threads"] as? Int == 1)
        #expect((execution["pins"] as? [Any])?.count == 1)
        let weights = try #require(sections["weights"] as? [String: Any])
        #expect(weights["path"] as? String == model.path)
    }

    @Test func theSameSeedGivesTheSameTokens() throws {
        let model = try TinyModelFile()
        func hashes(_ arguments: String, _ report: String) throws -> [String] {
            _ = try sweep(model, "--batch 1,2 --pairs 8x4 \(arguments)", report: report)
            return try model.text("\(report)/summary.csv")
                .split(separator: "\n").dropFirst()
                .compactMap { $0.split(separator: ",").last.map(String.init) }
        }
        let first = try hashes("--threads 1 --precision f32", "a")
        #expect(first.count == 2)
        #expect(try hashes("--precision f32 --repetitions 2", "b") == first)
    }

    @Test func aReportIsPrintedAgainFromItsSamples() throws {
        let model = try TinyModelFile()
        _ = try sweep(model, "--pairs 8x4,6x3 --repetitions 2")
        let path = model.directory.path("report")
        for (format, file) in [
            ("documents", "performance_test_cpu_tiny-test_bf16.csv"),
            ("summary", "summary.csv"), ("markdown", "tables.md"),
        ] {
            let again = try Program.run(["report", path, "--format", format])
            #expect(again.status == 0)
            #expect(try again.output == model.text("report/\(file)"))
        }
    }

    @Test func withoutTimingPointsTheForwardColumnsStayEmpty() throws {
        let model = try TinyModelFile()
        let result = try sweep(model, "--pairs 8x4", environment: ["TIMEIT": "0"])
        #expect(result.status == 0)
        #expect(result.error.contains("TIMEIT=0"))
        let csv = try model.text("report/performance_test_cpu_tiny-test_bf16.csv")
        #expect(csv.split(separator: "\n")[1].hasSuffix(",,,,"))
    }

    @Test func aCellThatCannotRunIsARowAndTheOthersRun() throws {
        let model = try TinyModelFile()
        // The model has 64 positions.
        let result = try sweep(model, "--pairs 8x4,60x30,6x3")
        #expect(result.status == 1)
        let lines = try model.text("report/summary.csv").split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines[1].contains(",ok,") && lines[3].contains(",ok,"))
        #expect(lines[2].contains(",skipped,") && lines[2].contains("90 positions"))
        #expect(result.error.contains("90 positions"))
    }

    @Test func anOccupiedDirectoryIsLeftAlone() throws {
        let model = try TinyModelFile()
        _ = try sweep(model, "--pairs 8x4")
        let before = try model.text("report/summary.csv")
        let result = try sweep(model, "--pairs 6x3")
        #expect(result.status == 2)
        #expect(result.error.contains(model.directory.path("report")))
        #expect(try model.text("report/summary.csv") == before)
    }

    @Test func brokenFilesAreRefusedInOneLine() throws {
        let changes: [(inout [UInt8]) -> Void] = [
            { $0.removeLast($0.count / 2) }, { $0[0] = 0 }, { $0 = [] }, { $0 = [71, 71] },
            { for index in 8..<16 { $0[index] = 255 } },
        ]
        for change in changes {
            let result = try sweep(try TinyModelFile(change), "--pairs 8x4")
            #expect(result.status == 2, "\(result.error)")
            #expect(result.error.split(separator: "\n").count == 1)
        }
    }

    /// Labels are no part of what was asked: whoever goes on may add some.
    @Test func labelsAreKeptAndAddedTo() throws {
        let model = try TinyModelFile()
        func labels() throws -> [String: String]? {
            let json = Data(try model.text("report/manifest.json").utf8)
            let object = try JSONSerialization.jsonObject(with: json) as? [String: Any]
            return object?["labels"] as? [String: String]
        }
        let first = try sweep(model, "--pairs 5x1 --no-roof --label a=1 --label=b=2")
        #expect(first.status == 0, "\(first.error)")
        #expect(try labels() == ["a": "1", "b": "2"])
        let report = model.directory.path("report")
        let again = try Program.run(["sweep", "--resume", report, "--label", "b=3"])
        #expect(again.status == 0, "\(again.error)")
        #expect(try labels() == ["a": "1", "b": "3"])
        let page = try Program.run(["report", report, "--format", "html"])
        #expect(page.output.contains("<dt>Labels</dt><dd>a=1, b=3</dd>"))
    }

    @Test func dryRunPrintsThePlanAndRunsNothing() throws {
        let model = try TinyModelFile()
        let result = try sweep(model, "--batch 1-4*2 --input 8,16 --output 4 --dry-run")
        #expect(result.status == 0)
        #expect(result.output.contains("6 cells"))
        #expect(result.output.contains("6. batch 4, 16 in, 4 out"))
        #expect(!FileManager.default.fileExists(atPath: model.directory.path("report")))
    }

    /// Each number of threads has its own process, its own rows and its own documents' table.
    @Test func theMachineMayBeAnAxis() throws {
        let model = try TinyModelFile()
        let result = try sweep(
            model,
            "--pairs 8x4,6x3 --threads 1,2 --isa scalar,auto --effort quick --interleave --control 2"
        )
        #expect(result.status == 0, "\(result.error)")
        let rows = try model.text("report/summary.csv").split(separator: "\n").dropFirst()
        let names = rows.map { String($0.prefix { $0 != "," }) }
        #expect(
            names == [
                "b1-i8-o4-t1-scalar", "b1-i6-o3-t1-scalar", "b1-i8-o4-t1-auto",
                "b1-i6-o3-t1-auto", "b1-i8-o4-t2-scalar", "b1-i6-o3-t2-scalar",
                "b1-i8-o4-t2-auto", "b1-i6-o3-t2-auto",
            ])
        let table = "report/performance_test_cpu_tiny-test_bf16_t2-scalar.csv"
        #expect(try model.text(table).split(separator: "\n").count == 3)
        // The control cell is kept, and is no repetition.
        let lines = try model.text("report/samples.jsonl").split(separator: "\n")
        #expect(lines.count { $0.contains("\"kind\":\"control\"") } == 4 * 4)
        #expect(lines.count { $0.contains("\"kind\":\"repetition\"") } == 8)
        let manifest = try model.text("report/manifest.json")
        #expect(manifest.contains("\"t1-scalar\"") && manifest.contains("\"t2-auto\""))
        // The report is the same again from the samples.
        let again = try Program.run([
            "report", model.directory.path("report"), "--format", "summary",
        ])
        #expect(again.output == (try model.text("report/summary.csv")))
    }

    @Test func thePrecisionOfTheCacheMayBeAnAxis() throws {
        let model = try TinyModelFile()
        let result = try sweep(model, "--pairs 8x4 --kv-cache int8,f32 --effort quick")
        #expect(result.status == 0, "\(result.error)")
        let lines = try model.text("report/summary.csv").split(separator: "\n")
        let names = lines.dropFirst().map { String($0.prefix { $0 != "," }) }
        #expect(names == ["b1-i8-o4-kv-int8", "b1-i8-o4-kv-f32"])
        let column = try #require(
            lines[0].split(separator: ",").firstIndex(of: "setting_kv_cache"))
        let fields = lines[2].split(separator: ",", omittingEmptySubsequences: false)
        // Reasons have no comma here.
        #expect(fields[column] == "f32")
        let bytes = try #require(
            lines[0].split(separator: ",").firstIndex(of: "memory_kv_cache_bytes"))
        let first = lines[1].split(separator: ",", omittingEmptySubsequences: false)
        #expect(first[bytes] != fields[bytes] && !first[bytes].isEmpty)
        let unknown = try sweep(model, "--pairs 8x4 --kv-cache int8,int3", report: "other")
        #expect(unknown.status == 2 && unknown.error.contains("--kv-cache int3 is unknown"))
    }

    @Test func repeatingUntilSureSaysHowSure() throws {
        let model = try TinyModelFile()
        let result = try sweep(
            model, "--pairs 8x4 --until-ci 50% --max-time 5s --no-roof")
        #expect(result.status == 0, "\(result.error)")
        let lines = try model.text("report/samples.jsonl").split(separator: "\n")
        #expect(lines.count >= 6)
        #expect(result.output.contains("In brackets:"))
        #expect(try model.text("report/tables.md").contains("How sure"))
        #expect(try model.text("report/manifest.json").contains("relative_half_width"))
    }

    @Test(arguments: [
        ("--pairs 8x4 --until-ci 2% --repetitions 5", "exclude each other"),
        ("--pairs 8x4 --effort quick --max-time 5", "--until-ci"),
        ("--pairs 8x4 --until-ci 200%", "200%"),
        ("--pairs 8x4 --threads 1,0", "not positive"),
        ("--pairs 8x4 --threads 1,2 --in-process", "--in-process"),
        ("--pairs 8x4 --numa local,nowhere", "nowhere"),
        ("--pairs 8x4 --isa auto,sse9", "sse9"),
        ("--pairs 8x4 --input 4 --prompts x.txt", "--prompts"),
        ("--pairs 8x4 --effort thorough --in-process", "--effort thorough"),
        ("--pairs 8x4 --effort quick --repetitions 3", "--effort quick runs each cell once"),
        ("--pairs 8x4 --effort thorough --repetitions 3 --max-time 5", "--until-ci"),
        ("--input 8:4 --output 4", "goes down"), ("--input 8:16~zipf --output 4", "zipf"),
        ("--pairs 8x4 --prefix-tokens 8", "8 tokens leave nothing"),
        ("--pairs 8x4 --prefix-tokens=-1", "a number of 0 or more"),
        ("--pairs 8x4 --power-command false", "ended with status 1"),
        ("--pairs 8x4 --control=-1", "not positive"),
        ("--pairs 8x4 --warmup=-1", "not positive"),
        ("--pairs 8x4 --warmup soon", "soon"),
    ])
    func whatCannotBeMeantIsRefused(arguments: String, part: String) throws {
        let result = try sweep(try TinyModelFile(), arguments)
        #expect(result.status == 2)
        #expect(result.error.contains(part), "\(result.error)")
    }

    @Test func ctrlCKeepsWhatWasMeasured() throws {
        let model = try TinyModelFile()
        let (process, output, error) = try Program.start([
            "sweep", "--weights", model.path, "--report-dir", model.directory.path("report"),
            "--pairs", "30x30", "--repetitions", "5000",
        ])
        // The first sample is there once the sweep runs.
        while process.isRunning, (try? model.text("report/samples.jsonl").isEmpty) ?? true {
            usleep(10_000)
        }
        process.interrupt()
        _ = output.fileHandleForReading.readDataToEndOfFile()
        let told = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 130)
        #expect(
            String(decoding: told, as: UTF8.self)
                .contains("--resume \(model.directory.path("report"))"))
        let manifest = try model.text("report/manifest.json")
        #expect(manifest.contains("\"interrupted\""))
        #expect(try model.text("report/tables.md").contains("首token耗时（ms）"))
        #expect(try model.text("report/samples.jsonl").hasSuffix("}\n"))
    }
}
