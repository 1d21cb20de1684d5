import Foundation
import Measurement
import Sweep
import TestSupport
import Testing

/// Batches whose requests differ in their lengths.
struct MixedLengthTests {
    private func grid(
        _ input: String, _ output: String, batches: [Int] = [4], seed: UInt64 = 7
    ) throws -> Grid {
        var grid = Grid(
            batches: batches,
            pairs: try Grid.product(
                inputs: ListText.lengths(input, axis: .input, part: .input),
                outputs: ListText.lengths(output, axis: .output, part: .output)),
            repetitions: 2, warmup: 0, seed: seed)
        grid.controlRuns = 0
        return grid
    }

    private func run(_ grid: Grid) throws -> [Repetition] {
        let sink = RecordingSink()
        let outcome = try Runner(grid.expand(), engine: ScriptedEngine(), sink: sink).run()
        #expect(outcome.statuses.allSatisfy { $0 == .ok }, "\(sink.results.compactMap(\.reason))")
        return sink.repetitions
    }

    private func lengths(_ repetition: Repetition) -> [[Int]] {
        repetition.sample.load.requests.map { [$0.inputTokens, $0.outputTokens] }
    }

    @Test func lengthsAreDrawnOnceForAllRepetitionsAndBatches() throws {
        let repetitions = try run(grid("8:16", "2:6~lognormal", batches: [4, 8]))
        #expect(
            Set(repetitions.map(\.point.id)) == [
                "b4-i8:16~uniform-o2:6~lognormal", "b8-i8:16~uniform-o2:6~lognormal",
            ])
        let small = repetitions.filter { $0.point.batch == 4 }.map(lengths)
        let large = repetitions.filter { $0.point.batch == 8 }.map(lengths)
        #expect(small[0] == small[1] && large[0] == large[1])
        // A longer list begins with the shorter one.
        #expect(Array(large[0].prefix(4)) == small[0])
        #expect(large[0].allSatisfy { (8...16).contains($0[0]) && (2...6).contains($0[1]) })
        #expect(Set(large[0].map { $0[0] }).count > 1)
        // Prompts are new each time.
        #expect(repetitions[0].seed != repetitions[1].seed)
    }

    @Test func anotherSeedDrawsOthers() throws {
        let one = try run(grid("8:1024", "2", seed: 1)).map(lengths)
        let two = try run(grid("8:1024", "2", seed: 2)).map(lengths)
        #expect(one[0] != two[0])
    }

    /// Those that were drawn, and not as many as the largest.
    @Test func ratesCountTheTokensThatThereAre() throws {
        let sample = try #require(try run(grid("@", "2:6", seed: 3, histogram: [8, 16])).first)
            .sample
        let tokens = sample.load.requests.reduce(0) { $0 + $1.outputTokens }
        #expect(sample.outputTokens == tokens)
        let seconds = try #require(sample.responseTime)
        #expect(sample.outputRate == Double(tokens) / seconds)
        let prompts = sample.load.requests.reduce(0) { $0 + $1.inputTokens }
        let prefill = try #require(sample.prefill)
        #expect(sample.prefillRate == Double(prompts) / (prefill / 1e3))
        #expect(!sample.isLockStep)
        let ends = sample.load.requests.compactMap(\.endToEnd)
        #expect(ends.min()! < ends.max()!)
    }

    private func grid(
        _ mark: String, _ output: String, seed: UInt64, histogram lengths: [Int]
    ) throws -> Grid {
        var grid = try grid("8", output, seed: seed)
        grid.pairs = try Grid.product(
            inputs: [LengthDistribution(LengthHistogram(counting: lengths, path: "h.csv"))],
            outputs: [LengthDistribution(parsing: output, of: .output)])
        return grid
    }

    @Test func aGridOfThemIsReadBack() throws {
        var grid = try grid("8:16,32", "2:6~lognormal")
        grid.pairs += try self.grid("@", "2", seed: 1, histogram: [3, 3, 5]).pairs
        grid.prompts = .random(prefixTokens: 2)
        let data = try JSONEncoder().encode(grid)
        #expect(try JSONDecoder().decode(Grid.self, from: data) == grid)
        #expect(
            grid.pairs.map(\.description) == [
                "8:16~uniformx2:6~lognormal", "32x2:6~lognormal", grid.pairs[2].description,
            ])
        #expect(grid.pairs[2].description.hasPrefix("@h.csv#"))
    }

    /// An engine that takes no notice of the lengths is found out.
    @Test func aBatchThatIsAllAlikeIsNotWhatWasAsked() throws {
        let trace = Trace(
            callEntry: 0, callEnd: 9,
            steps: (0..<6).map { _ in
                StepStamps(loopTop: 1, inputsPrepared: 2, forwardDone: 3, tokenBooked: 4)
            })
        let engine = RequestEngine([
            Observation(lockStep: trace, sequences: 4, inputTokens: 8, outputTokens: 6)
        ])
        let sink = RecordingSink()
        _ = try Runner(grid("8", "2:6").expand(), engine: engine, sink: sink).run()
        #expect(sink.results.first?.status == .failed)
        #expect(
            sink.results.first?.reason?.contains("did not generate what was asked") == true
                || sink.results.first?.reason?.contains("stamped 6 of") == true)
    }

    @Test func listedPromptsAreWhatIsAsked() throws {
        let listed = try ListedPrompts(
            (1...3).map {
                ListedPrompt(tokens: Array(repeating: $0, count: $0 * 2), answerTokens: $0)
            },
            path: "p.txt")
        var grid = Grid(
            batches: [3],
            pairs: try Grid.product(
                inputs: [listed.inputLengths()], outputs: [listed.outputLengths()]), warmup: 0)
        grid.prompts = .listed(listed)
        grid.takesListedAnswers = true
        let repetition = try #require(try run(grid).first)
        #expect(Set(lengths(repetition)) == [[2, 1], [4, 2], [6, 3]])
        // A report has their mark, and no texts.
        let read = try JSONDecoder().decode(Grid.self, from: JSONEncoder().encode(grid))
        guard case .listed(let kept) = read.prompts else {
            Issue.record("no file")
            return
        }
        #expect(kept == listed && kept.prompts.isEmpty && kept.count == 3)
        // Other answers, other work.
        let others = try ListedPrompts(
            listed.prompts.map { ListedPrompt(tokens: $0.tokens, answerTokens: 9) }, path: "p.txt")
        #expect(others != listed)
        #expect(try grid.expand().notes.isEmpty)
        grid.batches = [2]
        #expect(try grid.expand().notes.first?.contains("2 of the 3 prompts of p.txt") == true)
    }

    /// What the largest lengths cost is not what was drawn.
    @Test func whatCostsAreOfTheLargestIsNotHeldAgainstTheRoof() throws {
        let engine = ScriptedEngine()
        engine.costs = PhaseCosts(prefill: Cost(bytes: 1, operations: 1), decode: nil)
        engine.roofs = Array(
            repeating: Roof(readBytesPerSecond: 1e9, operationsPerSecond: 1e9), count: 20)
        let sink = RecordingSink()
        _ = try Runner(grid("8:16", "2:6").expand(), engine: engine, sink: sink).run()
        #expect(sink.repetitions.count == 2)
        #expect(sink.repetitions.allSatisfy { $0.roof != nil && $0.prefillUtilization == nil })
    }

    @Test(arguments: [1, 4])
    func theNormalMethodTakesTheStepsThatThereWere(batch: Int) throws {
        var grid = try grid("8:16", "2:400", batches: [batch])
        grid.method = .normal
        let sample = try #require(try run(grid).first).sample
        let counts = sample.load.requests.map(\.outputTokens)
        #expect(counts.max()! < 400)
        #expect(sample.outputTokens == counts.reduce(0, +))
        let later = try #require(sample.tpot) * Double(counts.max()! - 1)
        let difference = sample.responseNanoseconds / 1e6 - (sample.ttft ?? 0)
        #expect(abs(later - difference) < 1e-9 * difference)
    }

    /// Of a call that is not stamped, only the longest answer is known to end with it.
    @Test func whenAShortAnswerWasThereIsNotKnownWithoutStamps() throws {
        var grid = try grid("8", "2:400")
        grid.stampsSteps = false
        let sample = try #require(try run(grid).first).sample
        let longest = sample.load.requests.map(\.outputTokens).max()
        for request in sample.load.requests {
            #expect((request.endToEnd != nil) == (request.outputTokens == longest))
            #expect(request.ttft == nil)
        }
    }
}
