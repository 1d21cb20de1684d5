import Foundation
import TestSupport
import Testing

/// Sweeps over ranks: real processes where there is MPI, and what is said where there is not.
@Suite struct RanksTests {
    /// Whether `tokenmark-rank` was built, from these sources, and its launcher is there.
    static let canRun: Bool = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let hasLauncher = path.split(separator: ":").contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/mpirun")
        }
        // Behind it may stand a mark of the build.
        let ours = try? Program.run(["--version"]).output.split(whereSeparator: \.isWhitespace)
        return hasLauncher && rankVersion.map { ours?.first == Substring($0) } ?? false
    }()

    /// What a rank program beside ours says of itself; nil where there is none.
    private static let rankVersion: String? = {
        let process = Process()
        let output = Pipe()
        process.executableURL = Program.url.deletingLastPathComponent()
            .appendingPathComponent("tokenmark-rank")
        process.arguments = ["--version"]
        process.standardOutput = output
        guard (try? process.run()) != nil else { return nil }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }()

    static let reason: Comment =
        "no ranks: scripts/bootstrap --with-mpi, then build with TOKENMARK_MPI=openmpi"

    private func sweep(
        _ weights: String, _ arguments: String, in directory: TemporaryDirectory
    ) throws -> Program.Result {
        try Program.run(
            ["sweep", "--weights", weights, "--report-dir", directory.path("report"), "--quiet"]
                + arguments.split(separator: " ").map(String.init))
    }

    @Test(
        .enabled(if: RanksTests.canRun, RanksTests.reason),
        .enabled(if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func ranksChooseTheTokensOfOneProcess() throws {
        let directory = TemporaryDirectory()
        let result = try sweep(
            TrainedModel.path,
            "--pairs 8x4 --batch 1,2 --precision f32 --ranks 1,2 --threads 1 --oversubscribe "
                + "--effort quick", in: directory)
        #expect(result.status == 0, "\(result.error)")
        func text(_ name: String) throws -> String {
            try String(contentsOfFile: directory.path("report/\(name)"), encoding: .utf8)
        }
        let lines = try text("summary.csv").split(separator: "\n")
        let columns = lines[0].split(separator: ",")
        let hash = try #require(columns.firstIndex(of: "output_hash"))
        let rows = lines.dropFirst().map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        #expect(rows.map { $0[0] } == ["b1-i8-o4-r1", "b2-i8-o4-r1", "b1-i8-o4-r2", "b2-i8-o4-r2"])
        #expect(!rows[0][hash].isEmpty && rows[0][hash] != rows[1][hash])
        #expect(rows[0][hash] == rows[2][hash] && rows[1][hash] == rows[3][hash])
        // One entry for each rank, in the two cells that have two.
        let repetitions = try text("samples.jsonl").split(separator: "\n").filter {
            $0.contains(#""kind":"repetition""#)
        }
        #expect(repetitions.count == 4)
        #expect(repetitions.count { $0.contains(#""process":"rank 1""#) } == 2)
        #expect(repetitions.count { $0.contains(#""exchanged_bytes""#) } == 2)
    }

    @Test(
        .enabled(if: RanksTests.canRun, RanksTests.reason),
        .enabled(if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func theDriverOfTheDocumentsRunsOnRanks() throws {
        let directory = TemporaryDirectory()
        directory.write(
            """
            [model]
            model_path=\(TrainedModel.path)
            [performance]
            model_name=smol
            case_pair=[[8,4]]
            perf_mode=detail
            """, to: "config.ini")
        let result = try Program.run(
            ["run", "--config", "config.ini", "--report-dir", "out", "--quiet"]
                + ["--ranks", "2", "--threads", "1", "--oversubscribe"],
            environment: ["TIMEIT": "1"], in: directory.path)
        #expect(result.status == 0, "\(result.error)")
        let table = try #require(directory.read("out/performance_test_cpu_smol_bf16.csv"))
        let lines = table.split(separator: "\n")
        #expect(lines.count == 2 && !lines[1].contains(",,"))
        #expect(try #require(directory.read("out/manifest.json")).contains("\"ranks\" : 2"))
        #expect(try #require(directory.read("out/report.html")).contains("id=\"ranks\""))
    }

    /// Two devices are two ranks, which read the parts that lie as the documents' do; the CSV has the times
    /// of the last.
    @Test(
        .enabled(if: RanksTests.canRun, RanksTests.reason),
        .enabled(if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func devicesOfTheConfigurationAreRanks() throws {
        let directory = TemporaryDirectory()
        let packed = try Program.run(
            ["convert", "--weights", TrainedModel.path, "--precision", "bf16", "--ranks", "2"]
                + ["--output", directory.path("model")])
        #expect(packed.status == 0, "\(packed.error)")
        directory.write(
            """
            [model]
            model_path=model
            device_ids=0,1
            [performance]
            model_name=smol
            case_pair=[[8,4]]
            perf_mode=detail
            """, to: "config.ini")
        let result = try Program.run(
            ["run", "--config", "config.ini", "--report-dir", "out", "--quiet"]
                + ["--threads", "1", "--oversubscribe"],
            environment: ["TIMEIT": "1"], in: directory.path)
        #expect(result.status == 0, "\(result.error)")
        let table = try #require(directory.read("out/performance_test_cpu_smol_bf16.csv"))
        #expect(table.split(separator: "\n").count == 2)
        #expect(try #require(directory.read("out/manifest.json")).contains("\"ranks\" : 2"))
        // Another number of devices than there are parts.
        let alone = try Program.run(
            ["run", "--config", "config.ini", "--report-dir", "alone", "--ranks", "1"],
            environment: ["TIMEIT": "1"], in: directory.path)
        #expect(alone.status == 2)
        #expect(alone.error.contains("is cut for 2 ranks: give --ranks 2"), "\(alone.error)")
    }

    /// Drawn tokens too, as all ranks have all logits.
    @Test(
        .enabled(if: RanksTests.canRun, RanksTests.reason),
        .enabled(if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"),
        arguments: [
            "generate --prompt Once --max-new-tokens 12",
            "generate --prompt Once --max-new-tokens 12 --temperature 0.8 --top-k 40 --seed 3",
            "chat --max-new-tokens 8", "run --task inference",
        ])
    func ranksAnswerAsOneProcess(command: String) throws {
        let directory = TemporaryDirectory()
        directory.write("[model]\nmodel_path=\(TrainedModel.path)\n", to: "config.ini")
        let words = command.split(separator: " ").map(String.init)
        let weights = words[0] == "run" ? [] : ["--weights", TrainedModel.path]
        let results = try [1, 2].map {
            try Program.run(
                words + weights + ["--precision", "f32", "--threads", "1", "--oversubscribe"]
                    + ["--ranks", "\($0)"], in: directory.path,
                input: "Name a fruit.\nAnother one?\n")
        }
        for result in results { #expect(result.status == 0, "\(result.error)") }
        let answers = results.map { result in
            result.output.split(separator: "\n").filter { !$0.contains("FTL: ") }
        }
        #expect(answers[0] == answers[1])
        #expect(answers[0].count >= 1)
    }

    @Test(
        .enabled(if: RanksTests.canRun, RanksTests.reason),
        .enabled(if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func ranksForetellATextAsOneProcess() throws {
        let directory = TemporaryDirectory()
        directory.write(
            (1...80).map { "Line \($0) of a text that is long enough." }.joined(separator: "\n"),
            to: "text")
        let values = try [1, 2].map { ranks in
            let result = try Program.run(
                ["perplexity", "--weights", TrainedModel.path, "--precision", "bf16"]
                    + ["--text", "text", "--context", "64", "--chunks", "3"]
                    + ["--threads", "1", "--oversubscribe", "--ranks", "\(ranks)"],
                in: directory.path)
            #expect(result.status == 0, "\(result.error)")
            return try #require(
                Double(result.output.split(separator: " ").dropFirst().first ?? ""))
        }
        #expect(abs(values[1] / values[0] - 1) < 1e-3)
    }

    /// The limit is that of each rank.
    @Test(
        .enabled(if: RanksTests.canRun, RanksTests.reason),
        .enabled(if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func aSearchRunsOnRanks() throws {
        let directory = TemporaryDirectory()
        func search(_ options: String) throws -> Program.Result {
            try Program.run(
                ["max-batch", "--weights", TrainedModel.path, "--pairs", "8x4", "--quiet"]
                    + ["--ranks", "2", "--threads", "1", "--oversubscribe", "--confirm", "0"]
                    + options.split(separator: " ").map(String.init), in: directory.path)
        }
        let result = try search("--batch-range 1:2 --memory-limit 4GiB --report-dir out")
        #expect(result.status == 0, "\(result.error)")
        #expect(
            try #require(directory.read("out/manifest.json")).contains("resident size of each rank")
        )
        #expect(
            try #require(directory.read("out/report.html")).contains("memory of each rank at most"))
        let few = try search("--memory-limit 64MiB")
        #expect(few.status == 2)
        #expect(few.error.contains("a rank's part of the weights of"), "\(few.error)")
    }

    @Test(.enabled(if: RanksTests.canRun, RanksTests.reason))
    func whatRanksCannotShareIsRefusedOnce() throws {
        let model = try TinyModelFile()
        let result = try sweep(
            model.path, "--pairs 8x4 --ranks 2 --threads 1 --oversubscribe", in: model.directory)
        #expect(result.status == 2)
        #expect(
            result.error.contains(
                "2 ranks are too many to share it: its feed-forward part has 12 channels"),
            "\(result.error)")
        #expect(!result.error.contains("rank 0"), "all say the same")
    }

    @Test(arguments: [
        ("--ranks 2", "/no/such/rank", "there is no /no/such/rank, which runs a rank"),
        ("--ranks 2 --in-process", "", "--ranks 2 needs as many processes"),
        ("--ranks 0", "", "ranks: \"0\""),
        ("--ranks two", "", "ranks: \"two\""),
        ("--ranks 2 --launcher mpirun", "", "does not say where the number of ranks goes"),
        ("--launcher mpirun", "", "--launcher is for ranks, and there are none"),
        ("--oversubscribe", "", "--oversubscribe is for ranks, and there are none"),
        ("--ranks 4000000 --oversubscribe", "/bin/true", "4000000 ranks are too many to share it"),
    ])
    func whatCannotRunIsOneClearLine(options: String, rank: String, message: String) throws {
        let model = try TinyModelFile()
        let launcher =
            options.contains("--launcher") || rank.isEmpty ? [] : ["--launcher", "sh {ranks}"]
        let result = try Program.run(
            ["sweep", "--weights", model.path, "--pairs", "8x4", "--quiet"]
                + ["--report-dir", model.directory.path("report")] + launcher
                + options.split(separator: " ").map(String.init),
            environment: ["TOKENMARK_RANK": rank])
        #expect(result.status == 2)
        #expect(result.error.contains(message), "\(result.error)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    }

    /// Parts that were packed before are those that ranks cut themselves.
    @Test(
        .enabled(if: RanksTests.canRun, RanksTests.reason),
        .enabled(if: TrainedModel.isThere, "SmolLM2 is missing; scripts/fetch-models brings it"))
    func packedPartsRunToTheSameTokens() throws {
        let directory = TemporaryDirectory()
        let parts = directory.path("parts")
        let packed = try Program.run(
            ["convert", "--weights", TrainedModel.path, "--precision", "int8", "--ranks", "2"]
                + ["--output", parts])
        #expect(packed.status == 0, "\(packed.error)")
        #expect(packed.output.contains("in 2 parts\nTensor parallelism weights have been"))
        func hash(_ weights: [String], _ report: String) throws -> [Substring] {
            let result = try Program.run(
                ["sweep", "--weights"] + weights + ["--pairs", "8x4", "--effort", "quick"]
                    + ["--ranks", "2", "--threads", "1", "--oversubscribe"]
                    + ["--report-dir", directory.path(report)])
            #expect(result.status == 0, "\(result.error)")
            let lines = try #require(directory.read("\(report)/summary.csv")).split(separator: "\n")
            let names = lines[0].split(separator: ",")
            let fields = lines[1].split(separator: ",", omittingEmptySubsequences: false)
            return [fields[try #require(names.firstIndex(of: "output_hash"))]]
        }
        let mapped = try hash([parts], "mapped")
        #expect(mapped == (try hash([TrainedModel.path, "--precision", "int8"], "cut")))
        #expect(mapped != [""])
        for options in ["--ranks 3 --threads 1 --oversubscribe", ""] {
            let other = try Program.run(
                ["sweep", "--weights", parts, "--pairs", "8x4"]
                    + ["--report-dir", directory.path("other")]
                    + options.split(separator: " ").map(String.init))
            #expect(other.status == 2)
            #expect(other.error.contains("is cut for 2 ranks: give --ranks 2"), "\(other.error)")
        }
    }

    /// Never a silent default: what runs in one process says that it does not take them.
    @Test func whoRunsInOneProcessRefusesRanks() throws {
        let command = "profile --pairs 8x4"
        let model = try TinyModelFile()
        let words = command.split(separator: " ").map(String.init)
        let result = try Program.run(
            words + ["--ranks", "2", "--weights", model.path], in: model.directory.path)
        #expect(result.status == 2)
        #expect(result.error.contains("--ranks"), "\(result.error)")
        #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    }
}
