import Testing

@testable import Qwen

/// Counted by hand for one small shape.
@Suite struct ForwardCostsTests {
    /// Hidden 64, 2 layers, 4 heads of 16 on 2 kv heads, intermediate 96, vocabulary 32.
    private var model: ModelConfiguration {
        ModelConfiguration(
            name: "counted", architecture: .qwen2, hiddenSize: 64, layerCount: 2, headCount: 4,
            kvHeadCount: 2, headDimension: 16, intermediateSize: 96, vocabularySize: 32,
            maximumPositions: 128, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)
    }

    /// A layer: q 64×64, k and v 64×32 each, o 64×64, gate, up, down 64×96 each: 30720 numbers.
    private let layers = 2 * 30720.0
    private let head = 64 * 32.0
    /// Keys and values of one position: 2 layers × 2 × 32 numbers in f32.
    private let position = 2 * 2 * 32 * 4.0

    @Test func prefillReadsWeightsOnceAndSeesEveryEarlierPosition() throws {
        let cost = try ForwardCosts(model, precision: .f32).prefill(batch: 3, length: 5)
        #expect(cost.bytes == (layers + head) * 4 + 3 * 5 * position)
        // 15 pairs of a row and a position it sees, 4 · 64 operations each in both layers.
        #expect(cost.operations == 2 * 3 * (5 * layers + head) + 3 * 15 * 2 * 4 * 64)
    }

    /// Two steps after a prompt of 5: they see 6 and 7 positions.
    @Test func decodeReadsWeightsAndCacheInEveryStep() throws {
        let cost = try ForwardCosts(model, precision: .f32).decode(
            batch: 3, inputLength: 5, steps: 2)
        #expect(cost.bytes == 2 * (layers + head) * 4 + 3 * 13 * position)
        #expect(cost.operations == 2 * 2 * 3 * (layers + head) + 3 * 13 * 2 * 4 * 64)
    }

    @Test func narrowWeightsCountTheirScales() throws {
        let costs = try ForwardCosts(model, precision: .int8).decode(
            batch: 1, inputLength: 1, steps: 1)
        // 128 + 64 + 192 + 64 channels a layer and 32 of the head have an f32 scale each; the
        // 96 inputs of `down` are padded to 128; keys and values of two positions are bf16.
        let scales = 4 * (2 * (128 + 64 + 192 + 64) + 32.0)
        let padding = 2 * 64 * 32.0
        #expect(costs.bytes == layers + head + scales + padding + 2 * position / 2)
    }

    @Test func aTiedHeadIsCountedOnce() throws {
        var tied = model
        tied.tiesEmbeddings = true
        #expect(
            try ForwardCosts(tied, precision: .bf16).prefill(batch: 1, length: 1)
                == ForwardCosts(model, precision: .bf16).prefill(batch: 1, length: 1))
    }
}
