import ArgumentParser
import Sweep
import Testing

@testable import tokenmark

/// What a newcomer gets who chose nothing, or little.
@Suite struct FirstStepsTests {
    @Test func theProgramAloneSaysWhatToDoInFiveLines() throws {
        let result = try Program.run([])
        #expect(result.status == 0 && result.error == "")
        let lines = result.output.split(separator: "\n")
        #expect(lines.count == 5)
        #expect(lines[1].contains("tokenmark quickstart"))
    }

    /// A normal effort and what stands for its parts.
    @Test(
        arguments: [
            ("", 7, 0.05, 20), ("--max-time 5", 7, 0.05, 5), ("--effort normal", 7, 0.05, 20),
            ("--effort quick", 1, nil, nil), ("--effort thorough", 1, 0.02, 60),
            ("--repetitions 4", 4, nil, nil), ("--until-ci 1%", 1, 0.01, 60),
            ("--effort thorough --repetitions 4", 4, nil, nil),
            ("--effort normal --until-ci 1% --max-time 9", 1, 0.01, 9),
        ] as [(String, Int, Double?, Double?)])
    func whatAnEffortAsksFor(
        words: String, fewest: Int, width: Double?, seconds: Double?
    ) throws {
        let command = try SweepCommand.parse(
            ["--model", "qwen1.5-0.5b", "--pairs", "8x4"]
                + words.split(separator: " ").map(String.init))
        let grid = try command.request().grid
        #expect(grid.repetitions == fewest)
        #expect(grid.convergence?.relativeHalfWidth == width)
        #expect(grid.convergence?.maxSeconds == seconds)
    }

    @Test func aQuickStartIsASweepOfTwoCells() throws {
        let command = try SweepCommand.parse(Array(QuickstartCommand.words.dropFirst()))
        let points = try command.request().grid.expand().points
        #expect(points.map(\.id) == ["b1-i128-o32", "b4-i128-o32"])
    }
}
