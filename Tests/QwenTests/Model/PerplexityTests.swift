import Foundation
import Kernels
import Qwen
import Testing

@Suite struct PerplexityTests {
    /// Windows of 8: tokens 5, 6 and 7 are scored, from the logits of the reference for the same
    /// forced tokens.
    @Test func theSecondHalfIsScoredFromWhatStandsBefore() throws {
        let fixture = try ReferenceFixture.load("qwen2-gqa")
        let generation = try Generation(
            fixture.model, source: RandomTensorSource(fixture.model, seed: fixture.seed))
        let windows = fixture.prompts[..<2].map { Array($0[..<8]) }
        var perplexity = Perplexity(context: 8)
        let session = try Session(
            model: generation.model, batch: 2, capacity: 8, availableBytes: nil)
        #expect(perplexity.value == nil)
        try perplexity.score(windows, with: session)
        #expect(perplexity.tokenCount == 6)

        var expected = 0.0
        for window in windows {
            let steps = try generation.run(
                [Array(window[..<5])], count: 3, forced: [Array(window[5...])])[0]
            for (step, target) in zip(steps, window[5...]) {
                let exponentials = step.logits.map { exp(Double($0)) }
                expected -= log(exponentials[Int(target)] / exponentials.reduce(0, +))
            }
        }
        #expect(abs(perplexity.negativeLogLikelihood - expected) < 1e-4)
        let value = try #require(perplexity.value)
        #expect(abs(value - exp(expected / 6)) < 1e-3)
        #expect(try #require(perplexity.standardError) > 0)
    }
}
