import Measurement
import Sweep
import Testing

struct GridTests {
    private static func ids(_ grid: Grid) throws -> [String] {
        try grid.expand().points.map(\.id)
    }

    @Test func batchIsTheOuterAxisAndPairsKeepTheirOrder() throws {
        let grid = Grid(batches: [1, 4], pairs: [LengthPair(8, 2), LengthPair(4, 2)])
        #expect(try Self.ids(grid) == ["b1-i8-o2", "b1-i4-o2", "b4-i8-o2", "b4-i4-o2"])
    }

    @Test func duplicatesRunOnceAndAreNoted() throws {
        let grid = Grid(batches: [2, 2], pairs: [LengthPair(4, 2), LengthPair(4, 2)])
        let plan = try grid.expand()
        #expect(plan.points.map(\.id) == ["b2-i4-o2"])
        #expect(plan.notes == ["3 of 4 cells were asked for twice"])
    }

    @Test func documentsGridIsTheTableOfTheDocuments() throws {
        let ids = try Self.ids(Grid(.documents))
        #expect(ids.count == 16)
        #expect(
            Array(ids[..<5])
                == [
                    "b1-i256-o256", "b1-i512-o512", "b1-i1024-o1024", "b1-i2048-o2048",
                    "b2-i256-o256",
                ])
        #expect(ids.last == "b8-i2048-o2048")
    }

    @Test func quickGridHasNineCells() throws {
        let plan = try Grid(named: "quick").expand()
        #expect(plan.points.count == 9)
        #expect(Plan.warmupPoint(of: plan.points).id == "b4-i256-o32")
    }

    @Test func unknownNameIsRefused() {
        #expect(throws: SweepError.unknownGrid("fast")) { try Grid(named: "fast") }
        #expect(SweepError.unknownGrid("fast").description.contains("documents, quick"))
    }

    @Test func powersOfTwoRunInputOuterOutputInner() throws {
        let pairs = try Grid.powersOfTwo(from: 5, through: 7)
        #expect(
            pairs.map(\.description) == [
                "32x32", "32x64", "32x128", "64x32", "64x64", "64x128", "128x32", "128x64",
                "128x128",
            ])
        #expect(try Grid.powersOfTwo(from: 5, through: 10).count == 36)
    }

    @Test(arguments: [(-1, 4), (6, 5), (0, 23), (0, Int.max), (Int.min, 2)])
    func badExponentsAreRefused(minimum: Int, maximum: Int) {
        #expect(throws: SweepError.self) {
            try Grid.powersOfTwo(from: minimum, through: maximum)
        }
    }

    @Test func warmupTakesTheLargestOfEachAxis() throws {
        let grid = Grid(batches: [4, 1], pairs: [LengthPair(16, 2), LengthPair(4, 32)])
        #expect(try Plan.warmupPoint(of: grid.expand().points).id == "b4-i16-o32")
    }

    @Test(arguments: [
        (Grid(batches: [], pairs: [LengthPair(1, 1)]), "batch"),
        (Grid(batches: [1], pairs: []), "pairs"),
        (Grid(batches: [0], pairs: [LengthPair(1, 1)]), "batch"),
        (Grid(batches: [1], pairs: [LengthPair(1, -1)]), "pairs"),
        (Grid(batches: [.max], pairs: [LengthPair(1, 1)]), "batch"),
        (Grid(batches: [1], pairs: [LengthPair(1, 1)], repetitions: 0), "repetitions"),
        (Grid(batches: [1], pairs: [LengthPair(1, 1)], warmup: -1), "warmup"),
        (
            Grid(
                batches: Array(1...400), pairs: Array(repeating: LengthPair(1, 1), count: 251)),
            "grid"
        ),
    ])
    func senselessGridIsRefusedWithItsAxis(grid: Grid, axis: String) {
        let error = #expect(throws: SweepError.self) { try grid.expand() }
        #expect(error?.description.hasPrefix(axis + ":") == true)
    }

    @Test func absurdProductIsRefusedBeforeItIsMade() {
        let lengths = Array(repeating: 1, count: 1000)
        #expect(throws: SweepError.self) { try Grid.product(inputs: lengths, outputs: lengths) }
    }

    @Test func seedDependsOnPointAndRepetitionAndNotOnTheGrid() throws {
        let plan = try Grid(.quick).expand()
        let other = try Grid(batches: [4], pairs: [LengthPair(256, 32)]).expand()
        let point = other.points[0]
        #expect(plan.seed(of: point, repetition: 0) == other.seed(of: point, repetition: 0))
        let seeds = plan.points.flatMap { point in
            (0..<5).map { plan.seed(of: point, repetition: $0) }
        }
        #expect(Set(seeds).count == 45)
    }

    @Test func seedOfTheGridChangesEveryPrompt() throws {
        var grid = Grid(.quick)
        let first = try grid.expand()
        grid.seed = 1
        let second = try grid.expand()
        for point in first.points {
            #expect(
                first.seed(of: point, repetition: 0) != second.seed(of: point, repetition: 0))
        }
    }
}
