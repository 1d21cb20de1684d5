import Foundation
import Sweep
import Testing

struct SettingAxesTests {
    @Test func everyCombinationWithTheThreadsOutermost() throws {
        var axes = SettingAxes()
        #expect(axes.settings == [[:]])
        axes[.threads] = [1, 2]
        axes[.isa] = ["avx2", "avx512"]
        #expect(axes.settings.map(\.id) == ["t1-avx2", "t1-avx512", "t2-avx2", "t2-avx512"])
    }

    @Test func pointsOfOneSettingStayTogether() throws {
        var grid = Grid(batches: [1, 2], pairs: [LengthPair(4, 3)])
        grid.settings[.numa] = ["local", "bind:0,1"]
        let plan = try grid.expand()
        #expect(
            plan.points.map(\.id) == [
                "b1-i4-o3-local", "b2-i4-o3-local", "b1-i4-o3-bind:0,1", "b2-i4-o3-bind:0,1",
            ])
        #expect(plan.blocks.map(\.count) == [2, 2])
        // The same prompts under every setting: only then may their times be compared.
        #expect(
            plan.seed(of: plan.points[0], repetition: 0)
                == plan.seed(of: plan.points[2], repetition: 0))
    }

    @Test func settingsCountAmongTheMostCells() {
        var grid = Grid(batches: Array(1...1000), pairs: [LengthPair(4, 3)])
        grid.settings[.threads] = (1...101).map { .count($0) }
        #expect(throws: SweepError.self) { try grid.expand() }
    }

    /// What an earlier version wrote has none of the later properties.
    @Test func aGridOfAnEarlierVersionIsRead() throws {
        let text = """
            {"batches":[1],"pairs":[{"input":4,"output":3}],"perf_mode":"detail","repetitions":2,\
            "seed":7,"stamps_steps":true,"warmup":1}
            """
        let grid = try JSONDecoder().decode(Grid.self, from: Data(text.utf8))
        #expect(grid == Grid(batches: [1], pairs: [LengthPair(4, 3)], repetitions: 2, seed: 7))
    }

    /// A file from elsewhere must not change the sizes of a point.
    @Test(arguments: [
        #"{"input":9223372036854775807}"#, #"{"batch":2}"#, #"{"threads":"x"}"#,
        #"{"threads":0}"#, #"{"numa":1}"#, #"{"colour":"red"}"#,
    ])
    func whatIsNoSettingIsRefused(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(Parameters.self, from: Data(text.utf8))
        }
        let list = text.replacingOccurrences(of: ":", with: ":[").dropLast() + "]}"
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SettingAxes.self, from: Data(list.utf8))
        }
    }

    /// What is read from a report opens no file, and counts no more than there is room for.
    @Test(arguments: [
        #"" @/dev/zero""#, #""@h.csv""#, #"0"#,
        #"{"path":"h","lengths":[[1,9007199254740992],[2,1]]}"#,
        #"{"path":"h","lengths":[]}"#, #"{"path":"h","lengths":[[1,2,3]]}"#,
        #"{"path":"h","lengths":[[1,0]]}"#,
    ])
    func lengthsThatCannotBeAreRefused(text: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(LengthDistribution.self, from: Data(text.utf8))
        }
    }
}
