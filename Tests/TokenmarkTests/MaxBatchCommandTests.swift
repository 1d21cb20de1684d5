import Foundation
import TestSupport
import Testing

/// `max-batch` on a model of a few kilobytes: the limits are those of a process, so the program
/// itself takes most of the memory.
@Suite struct MaxBatchCommandTests {
    private func maxBatch(_ model: TinyModelFile, _ arguments: String) throws -> Program.Result {
        try Program.run(
            [
                "max-batch", "--weights", model.path, "--precision", "f32", "--report-dir",
                model.directory.path("report"),
            ] + arguments.split(separator: " ").map(String.init))
    }

    private func rows(_ text: String) -> [[String: String]] {
        // A header that is not ASCII has a mark before it.
        let lines = text.drop { $0 == "\u{FEFF}" }.split(separator: "\n")
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        return lines.dropFirst().map {
            Dictionary(uniqueKeysWithValues: zip(lines[0], $0))
        }
    }

    @Test func aLimitOnMemoryIsFoundFromBothSides() throws {
        let model = try TinyModelFile()
        let result = try maxBatch(
            model, "--pairs 30x2 --memory-limit 48MiB --batch-range 1:100000")
        #expect(result.status == 0, "\(result.error)")
        let answer = try #require(rows(try model.text("report/max_batch.csv")).first)
        let batch = try #require(answer["batch_size"].flatMap { Int($0) })
        #expect(answer["input length"] == "30" && answer["output length"] == "2")
        #expect(answer["E2E吞吐（token/s）"].flatMap { Double($0) } ?? 0 > 0)
        let probes = rows(try model.text("report/max_batch_probes.csv"))
        let passed = probes.filter { $0["outcome"] == "passed" }
        #expect(passed.count { $0["batch"] == "\(batch)" } >= 2)
        #expect(passed.allSatisfy { Int($0["peak_bytes"] ?? "") ?? .max <= 48 << 20 })
        // The last time it was tried: a page more or less may have let it pass once before.
        let next = try #require(probes.last { $0["batch"] == "\(batch + 1)" })
        #expect(next["outcome"] == "failed")
        #expect(next["status"] == "oom")
        #expect(try model.text("report/tables.md").contains("| \(batch) "))
        let curve = try JSONSerialization.jsonObject(
            with: Data(try model.text("report/max_batch.json").utf8))
        #expect(((curve as? [[String: Any]])?.first?["max_batch"] as? Int) == batch)
        #expect(try model.text("report/manifest.json").contains("resident size"))
        #expect(try model.text("report/report.html").contains("Every pair has its largest batch."))
    }

    /// The model has 64 positions: a cache of more cannot be made, whatever the pair needs of it.
    @Test func everySequenceHasTheCacheThatIsAskedFor() throws {
        let model = try TinyModelFile()
        let result = try maxBatch(
            model, "--pairs 4x2 --max-seq-len 65 --batch-range 1:2 --confirm 0")
        #expect(result.status == 1, "\(result.error)")
        #expect(result.output.contains("65"), "\(result.output)")
        let attempt = try #require(rows(try model.text("report/max_batch_probes.csv")).first)
        #expect(attempt["status"] == "skipped")
        let shorter = try maxBatch(
            try TinyModelFile(), "--pairs 4x2 --max-seq-len 64 --batch-range 1:2 --confirm 0")
        #expect(shorter.status == 0, "\(shorter.error)")
    }

    @Test func aLimitThatNothingKeepsHasNoAnswer() throws {
        let model = try TinyModelFile()
        let result = try maxBatch(
            model, "--pairs 8x4 --tpot-limit-ms 0.000001 --batch-range 2:8")
        #expect(result.status == 1)
        #expect(result.output.contains("no batch passed: TPOT of"))
        #expect(rows(try model.text("report/max_batch.csv")).first?["batch_size"] == "")
    }

    @Test func theSearchIsGivenInTheFormatAskedFor() throws {
        let model = try TinyModelFile()
        let file = model.directory.path("batches.csv")
        let result = try maxBatch(
            model,
            "--pairs 8x4 --tpot-limit-ms 100000 --batch-range 1:2 --format csv --output \(file) "
                + "--language en --label branch=main")
        #expect(result.status == 0 && result.output == "", "\(result.error)")
        #expect(try model.text("batches.csv").hasPrefix("batch_size,input length,output length,"))
        #expect(try model.text("report/manifest.json").contains("\"branch\" : \"main\""))
        // From its directory, in every format.
        let report = model.directory.path("report")
        let again = try Program.run(
            ["report", report, "--format", "csv", "--language", "en"])
        #expect(again.output == (try model.text("batches.csv")))
        let tables = try Program.run(["report", report, "--format", "markdown", "--language", "en"])
        #expect(tables.output == (try model.text("report/tables.md")))
        let json = try Program.run(["report", report, "--format", "json"])
        #expect(json.output.contains("\"searches\" : ["))
        let attempts = try Program.run(["report", report, "--format", "attempts"])
        #expect(attempts.output == (try model.text("report/max_batch_probes.csv")))
        let unknown = try Program.run(["report", report, "--format", "documents"])
        #expect(unknown.status == 2 && unknown.error.contains("there is text, markdown, csv"))
    }

    @Test func theEndOfTheRangeIsSaidInChinese() throws {
        let model = try TinyModelFile()
        let result = try maxBatch(
            model,
            "--pairs 8x4 --tpot-limit-ms 100000 --batch-range 1:2 --confirm 0 --language zh")
        #expect(result.status == 0, "\(result.error)")
        #expect(result.output.contains("：最大 batch\n"))
        #expect(result.output.contains("- 8x4：2 是范围的上端：没有尝试更大的 batch\n"))
        #expect(result.output.contains("\n报告："))
        #expect(try model.text("report/report.html").contains("<html lang=\"zh\">"))
    }

    @Test func theEndOfTheRangeIsSaid() throws {
        let model = try TinyModelFile()
        let result = try maxBatch(model, "--pairs 8x4 --tpot-limit-ms 100000 --batch-range 1:4")
        #expect(result.status == 0)
        #expect(result.output.contains("larger batches were not tried"))
    }
}
