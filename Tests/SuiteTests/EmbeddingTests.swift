import Foundation
import Qwen
import Reporting
import Suite
import Sweep
import TestSupport
import Testing

/// Measures two cells of a model's shape with random weights, in this process.
func measure(into directory: String) throws -> String {
    var core = CoreSettings(model: "qwen1.5-0.5b")
    core.precision = .int8
    let grid = Grid(batches: [1, 2], pairs: [LengthPair(8, 4)], repetitions: 6)
    let run = SweepRun(
        try grid.expand(), CoreProvider(core, isIsolated: false), to: .new(directory))
    return try run.run().report.resultsText(in: .en)
}

/// What `docs/embedding.md` promises to other programs.
struct EmbeddingTests {
    private let directory = TemporaryDirectory()

    @Test func theExampleRuns() throws {
        let text = try measure(into: directory.path("report"))
        #expect(text.contains("| batch | input | output |"))
        #expect(directory.read("report/summary.csv")?.contains("b2-i8-o4") == true)
    }

    @Test func theExampleIsThatOfThePage() throws {
        let page = try #require(Repository.text("docs/embedding.md"))
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let blocks = page.components(separatedBy: "```")
        let example = try #require(blocks.dropFirst().first).split(separator: "\n").dropFirst(5)
        #expect(example.count > 8)
        #expect(source.contains(example.joined(separator: "\n")))
    }
}
