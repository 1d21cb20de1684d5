import Testing

@testable import Qwen

/// Counted by hand for one small shape, and held against the costs of whole forward passes.
@Suite struct OperatorCostsTests {
    /// Hidden 64, 2 layers, 4 heads of 16 on 2 kv heads, intermediate 96, vocabulary 32.
    private let model = ModelConfiguration(
        name: "counted", architecture: .qwen2, hiddenSize: 64, layerCount: 2, headCount: 4,
        kvHeadCount: 2, headDimension: 16, intermediateSize: 96, vocabularySize: 32,
        maximumPositions: 2048, rmsNormEpsilon: 1e-6, ropeTheta: 1e4, tiesEmbeddings: false)

    private func costs(
        _ precision: Precision = .f32, batch: Int = 3, workers: Int = 2
    ) throws -> OperatorCosts {
        try OperatorCosts(
            model, precision: precision, batch: batch, capacity: 700, workers: workers)
    }

    @Test func productsReadWeightsOnceAPassAndTheirRows() throws {
        let costs = try costs()
        // 15 rows of 64 in and of 128 out, in f32, in 2 layers of 64 × 128 weights.
        let qkv = costs.prefill(.queryKeyValue, length: 5)
        let qkvNumbers = 64 * 128 + 15 * (64 + 128)
        #expect(qkv.bytes == Double(2 * 4 * qkvNumbers))
        #expect(qkv.operations == Double(2 * 2 * 15 * 64 * 128))
        // 690 rows are two passes; sums are read and written.
        let down = try self.costs(batch: 1).prefill(.down, length: 690)
        let downNumbers = 2 * 64 * 96 + 690 * (96 + 2 * 64)
        #expect(down.bytes == Double(2 * 4 * downNumbers))
        // The head takes one row of each prompt, or of each sequence in each of four steps.
        #expect(costs.prefill(.head, length: 5).operations == Double(2 * 3 * 64 * 32))
        let headNumbers = 4 * (64 * 32 + 3 * 96)
        #expect(
            costs.decode(.head, inputLength: 5, steps: 4).bytes == Double(4 * headNumbers))
    }

    @Test func attentionSeesEveryEarlierPositionOnceAStep() throws {
        let attention = try costs().decode(.attention, inputLength: 5, steps: 2)
        // 3 sequences see 6 and 7 positions of 2 × 32 numbers; queries and results are 64 each.
        let numbers = 6 * (64 + 64) + 3 * 13 * 64
        #expect(attention.bytes == Double(2 * 4 * numbers))
        #expect(attention.operations == Double(4 * 2 * 64 * 3 * 13))
    }

    @Test(arguments: Precision.allCases)
    func theOperationsOfProductsAndAttentionAreThoseOfThePass(_ precision: Precision) throws {
        let costs = try costs(precision)
        let counted: [ForwardOperator] = [
            .queryKeyValue, .attention, .attentionOutput, .gateUp, .down, .head,
        ]
        let pass = try ForwardCosts(model, precision: precision)
        let prefill = counted.reduce(0) { $0 + costs.prefill($1, length: 50).operations }
        #expect(prefill == pass.prefill(batch: 3, length: 50).operations)
        let decode = counted.reduce(0) {
            $0 + costs.decode($1, inputLength: 50, steps: 5).operations
        }
        #expect(decode == pass.decode(batch: 3, inputLength: 50, steps: 5).operations)
    }

    @Test func theHeadOfInt4IsInt8() throws {
        let costs = try costs(.int4)
        #expect(costs.weights(of: .head)?.element == "int8")
        #expect(costs.weights(of: .down)?.element == "int4")
        #expect(costs.weights(of: .down)?.parameters == 12288)
        #expect(costs.weights(of: .embed) == nil)
    }
}
