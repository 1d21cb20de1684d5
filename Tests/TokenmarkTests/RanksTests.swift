import Foundation
import TestSupport
import Testing

/// Sweeps over ranks: real processes where there is MPI, and what is said where there is not.
@Suite struct RanksTests {
    /// Whether `tokenmark-rank` was built and its launcher is there.
    static let canRun: Bool = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let files = FileManager.default
        let rank = Program.url.deletingLastPathComponent().appendingPathComponent("tokenmark-rank")
        return files.isExecutableFile(atPath: rank.path)
            && path.split(separator: ":").contains {
                files.isExecutableFile(atPath: "\($0)/mpirun")
            }
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
}
