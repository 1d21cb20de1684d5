import Testing

@testable import Qwen

/// Counted by hand for one small shape.
@Suite struct RankTrafficTests {
    /// Hidden 64 and 2 layers: 5 sums of the stream a pass, and a meeting more for the token.
    private let model = ModelConfiguration(
        name: "counted", architecture: .qwen2, hiddenSize: 64, layerCount: 2, headCount: 4,
        kvHeadCount: 2, headDimension: 16, intermediateSize: 96, vocabularySize: 32,
        maximumPositions: 1024, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)

    @Test func aStepSumsARowOfEachSequence() {
        let step = RankTraffic.step(model, batch: 3)
        #expect(step.meetings == 6)
        #expect(step.bytes == 5 * 3 * 64 * 4)
    }

    @Test func aPromptSumsAllItsRows() {
        let prompts = RankTraffic.prefill(model, batch: 3, length: 5)
        #expect(prompts.meetings == 6)
        #expect(prompts.bytes == 5 * 15 * 64 * 4)
    }

    /// 600 rows go through in two passes of at most 512.
    @Test func aLongPromptMeetsInEveryPass() {
        let prompts = RankTraffic.prefill(model, batch: 1, length: 600)
        #expect(prompts.meetings == 12)
        #expect(prompts.bytes == 5 * 600 * 64 * 4)
    }
}
